"""What `inclined doctor` looks at: each check gathers facts, and a pure judgement turns them into findings.

Nothing here writes to a treadmill, and nothing waits longer than its limit.
"""
