"""Traces: what entered the core and what came out, kept in memory and written down when something surprised us."""
