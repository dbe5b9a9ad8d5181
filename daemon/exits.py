"""How a command ends: its exit status, and one line on stderr for who typed it."""

import argparse
import sys

type Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001, argparse has no public name for it

FAILED = 1
USAGE = 2


def complain(sentence: str, status: int) -> int:
    """Print one line on stderr and return status."""
    print(f"inclined: {' '.join(sentence.split())}", file=sys.stderr)  # noqa: T201, the line is for the one who typed
    return status
