"""The gym floor: one store of what all machines tell, and what is told back to them.

It runs as a process of its own, `inclined floor`, on any computer of the gym; no treadmill depends on it.
"""
