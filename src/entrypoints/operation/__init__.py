"""
What operators see of a running node and change in it.

Lives here: reloading the configuration, log levels, metrics, the canary, traces, and the checks
before a node serves. Signals, the operators' listener, the administration API and the command line
all use these objects.
"""
