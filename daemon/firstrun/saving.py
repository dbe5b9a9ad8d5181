"""Answers to disk: the password's file first, so that the configuration never names one that is not there."""

from datetime import datetime
from pathlib import Path

from daemon.firstrun.answers import PASSWORD_FILE, filled, table_of
from daemon.firstrun.document import document, secret_line
from daemon.firstrun.questions import Answers, Here
from daemon.settings.origin import made_by
from daemon.settings.write import kept_name, write


def save(path: Path, answers: Answers, here: Here, at: datetime) -> Path | None:
    """Write the configuration that answers make; return under which name the one before it is kept, if there was one.

    OSError when it cannot be written; a configuration that was there then still is.
    """
    kept = filled(answers, here)
    secret = secret_line(kept)
    if secret is not None:
        write(path.parent / PASSWORD_FILE, secret)
    before = kept_name(path, at) if path.exists() else None
    write(path, document(table_of(kept, path.parent), made_by()), before)
    return before
