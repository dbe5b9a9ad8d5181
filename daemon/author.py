"""Who changed something, for the audit: a name, and what is known besides. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Author:
    """Who did it: a token's or a person's name, the role that they had, and the address that they came from."""

    by: str
    role: str | None = None
    address: str | None = None

    def told(self) -> tuple[tuple[str, str], ...]:
        """Return what is known, as the audit has it."""
        known = (("by", self.by), ("role", self.role), ("address", self.address))
        return tuple((name, value) for name, value in known if value is not None)


def author(by: "str | Author") -> Author:
    """Return the author of that name, or by itself."""
    return by if isinstance(by, Author) else Author(by)
