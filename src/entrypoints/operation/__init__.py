"""
What operators do to a running node, and what they learn of it.

Lives here: taking over a changed configuration, levels of the log, metrics, the canary, traces,
and what is examined before a node serves. The doors to it (signals, the operators' listener, the
administrators' part of the API, the command line) ask the same objects.
"""
