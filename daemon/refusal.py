"""A wish that is refused: what the rulebook says to whoever carried it, by HTTP or MQTT."""


class Refusal(Exception):
    """A change is refused as a whole; `reasons` names everything that is wrong with it."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = reasons


class StaleRevision(Refusal):
    """The change was made from settings that are no longer in force."""
