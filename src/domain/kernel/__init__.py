"""What every concept uses: ids, errors, times, pages, rate limits, the unit of work and the bus.

Imports nothing of the other concepts.
"""
