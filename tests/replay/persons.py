"""What no event may look like, for the test that sees it."""

from dataclasses import dataclass


@dataclass
class Body:
    heart_rate: int


@dataclass
class Known:
    bodies: tuple[Body | None, ...]
