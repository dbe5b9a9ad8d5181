"""The policy: a pure core that decides everything, and the words that it speaks."""

from daemon.policy.core import fresh_state, permits, step

__all__ = ["fresh_state", "permits", "step"]
