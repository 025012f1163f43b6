"""What every concept stands on: identities, refusals, time, pages, the unit of work and the bus.

Imports nothing of the other concepts.
"""
