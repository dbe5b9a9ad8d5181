"""The diagnostics bundle: one .tar.gz of texts to send to who helps, without secrets and addresses.

Every text goes through one Redactor. Names inside are ours; owner, host and times are not in the archive.
"""

import gzip
import io
import json
import os
import socket
import tarfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from daemon.doctor.finding import Finding
from daemon.doctor.redact import Redactor
from daemon.doctor.tool import told

UNITS = ("inclined", "inclined-kiosk", "inclined-kiosk-restart", "inclined-floor", "bluetooth")
JOURNAL_LINES = 4_000
JOURNAL_S = 15.0
TRACES = 3
LARGEST = 5_000_000
MODE = 0o600
READ_ME = """\
Made by `inclined doctor --bundle`: findings.txt first. Passwords, keys and tokens are replaced by [secret], addresses
and names of computers by mac-1, ip-1, host-1 and so on, the same one by the same. Look it through before you send it.
"""


@dataclass(frozen=True, slots=True)
class Contents:
    """What goes in, by name, before anything is taken out of it."""

    findings: Sequence[Finding]
    texts: Mapping[str, str]


def journal() -> str:
    """Return the last lines of our units in this computer's journal, without its name."""
    units = [word for unit in UNITS for word in ("-u", unit)]
    text = told("journalctl", *units, "-n", str(JOURNAL_LINES), "-o", "short-iso", "--no-hostname", limit_s=JOURNAL_S)
    return text or "The journal cannot be read: journalctl is missing, or this user may not (run it with sudo).\n"


def last_traces(kept: Sequence[Path]) -> dict[str, str]:
    """Return the newest traces by their names in the bundle."""
    found = {}
    for path in kept[-TRACES:]:
        try:
            found[f"traces/{path.name}"] = path.read_bytes()[:LARGEST].decode(errors="replace")
        except OSError as error:
            found[f"traces/{path.name}"] = f"It cannot be read: {error.strerror}\n"
    return found


def names() -> set[str]:
    """Return the names of this computer."""
    name = socket.gethostname()
    return {name, name.partition(".")[0]}


def macs(root: Path = Path("/")) -> set[str]:
    """Return the hardware addresses of this computer's network."""
    found = set()
    for path in (root / "sys/class/net").glob("*/address"):
        try:
            found.add(path.read_text(encoding="ascii", errors="replace").strip())
        except OSError:
            continue
    return found - {"00:00:00:00:00:00", ""}


def packed(contents: Contents, redact: Redactor) -> bytes:
    """Return the archive."""
    findings = [_redacted(finding, redact) for finding in contents.findings]
    texts = {
        "README.txt": READ_ME,
        "findings.txt": "".join(f"{finding.line()}\n" for finding in findings),
        "findings.json": json.dumps([finding.json() for finding in findings], indent=1),
        **{name: redact(text) for name, text in contents.texts.items()},
    }
    return _archive(texts.items())


def _redacted(finding: Finding, redact: Redactor) -> Finding:
    says = finding.says
    if finding.check == "configuration":  # a mistake quotes what was written, whatever it is
        first, last = says.find('"'), says.rfind('"')
        says = f"{says[: first + 1]}...{says[last:]}" if 0 <= first < last else says
    return replace(finding, says=redact(says), do=redact(finding.do))


def _archive(texts: Iterable[tuple[str, str]]) -> bytes:
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, text in texts:
            data = text.encode("utf-8", "replace")
            entry = tarfile.TarInfo(f"inclined-doctor/{name}")
            entry.size, entry.mode = len(data), 0o644
            archive.addfile(entry, io.BytesIO(data))
    return gzip.compress(plain.getvalue(), mtime=0)


def write(path: Path, data: bytes) -> None:
    """Write the archive whole, for its owner only. FileExistsError where there is such a file; OSError."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, MODE)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        path.unlink(missing_ok=True)  # a part of an archive is none
        raise
