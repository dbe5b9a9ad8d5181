"""`python -m daemon.upkeep keep|rollback`: the second is installed as the command inclined-rollback."""

import argparse
import os
import sqlite3
import subprocess
import sys
from collections.abc import Sequence

from daemon.upkeep.keep import keep
from daemon.upkeep.kept import Failed
from daemon.upkeep.rollback import rollback


def main(words: Sequence[str] | None = None) -> int:
    """Do what was asked for; 1 and one line when that failed."""
    os.umask(0o077)
    parser = argparse.ArgumentParser(prog="inclined-rollback", description="Puts back the version before this one.")
    parser.add_argument("what", choices=("keep", "rollback"), help=argparse.SUPPRESS)
    parser.add_argument("--yes", action="store_true", help="do not ask")
    args = parser.parse_args(words)
    try:
        return keep() if args.what == "keep" else rollback(sure=args.yes)
    except (Failed, OSError, sqlite3.Error) as error:
        print(f"inclined: {error}", file=sys.stderr)
    except subprocess.CalledProcessError:
        print("inclined: dpkg could not do it, see above; to see where it stands: dpkg --audit", file=sys.stderr)
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
