"""How long to wait before trying again: pure, bounded, and spread so that 200 machines do not knock at once."""

FIRST_S = 0.5
LONGEST_S = 30.0


def delay(attempt: int, chance: float = 1.0) -> float:
    """Return seconds before try number attempt (0: the first again); chance in 0..1 takes up to half off."""
    whole = min(LONGEST_S, FIRST_S * 2.0 ** min(attempt, 16))
    return whole * (0.5 + 0.5 * chance)
