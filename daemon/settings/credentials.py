"""Secrets that systemd hands to the service, so that no file of ours holds them."""

import os
from pathlib import Path


def credential(name: str) -> Path | None:
    """Return the file with the secret `inclined.NAME`, or None where none was handed over.

    /etc/credstore/inclined.NAME becomes one by ImportCredential= of the unit; see systemd.exec(5), "Credentials".
    """
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    if not folder:
        return None
    path = Path(folder, f"inclined.{name}")
    return path if path.is_file() else None
