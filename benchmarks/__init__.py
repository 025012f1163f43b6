"""
Benchmarks of Parlour, and of the limits of the machine in the same run.

`./dev bench` names them, `./dev bench NAME` runs one. Numbers of a shared machine wander: quote
medians and ratios, and compare only what was measured side by side.
"""
