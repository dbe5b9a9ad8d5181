"""How long a certificate holds: its two dates, read from X.509 (RFC 5280, section 4.1), whoever signed it.

The standard library tells them only of certificates that it trusts; here those matter that it does not.
"""

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

PEM = re.compile(rb"-----BEGIN (?:TRUSTED )?CERTIFICATE-----(.+?)-----END", re.DOTALL)
SEQUENCE, UTC_TIME, FULL_TIME, VERSION = 0x30, 0x17, 0x18, 0xA0


@dataclass(frozen=True, slots=True)
class Dates:
    """From when until when it holds."""

    start: datetime
    end: datetime


def all_dates(pem: bytes) -> list[Dates]:
    """Return the dates of each certificate in a PEM file. ValueError when one of them is none."""
    return [dates(base64.b64decode(found)) for found in PEM.findall(pem)]


def dates(der: bytes) -> Dates:
    """Return the dates of one certificate. ValueError when it is none."""
    try:
        ((_, certificate),) = _parts(der)
        _, body = next(_parts(certificate))
        fields = [part for part in _parts(body) if part[0] != VERSION]
        start, end = _parts(fields[3][1])  # after serial number, algorithm and issuer
        return Dates(_moment(*start), _moment(*end))
    except (IndexError, StopIteration, ValueError) as error:
        raise ValueError(f"this is no certificate ({error})") from None


def _parts(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield tag and content of each element in data (X.690, section 8.1)."""
    while data:
        tag, length, head = data[0], data[1], 2
        if length & 0x80:
            head += length & 0x7F
            length = int.from_bytes(data[2:head])
        if head + length > len(data):
            raise ValueError("it is cut off")
        yield tag, data[head : head + length]
        data = data[head + length :]


def _moment(tag: int, text: bytes) -> datetime:
    if tag not in (UTC_TIME, FULL_TIME):
        raise ValueError("it has no dates")
    digits = text.decode("ascii")
    if tag == UTC_TIME:
        digits = ("19" if digits[:2] >= "50" else "20") + digits
    return datetime.strptime(digits, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)
