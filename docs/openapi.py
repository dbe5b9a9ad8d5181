"""Writes docs/openapi.json from the code: `python docs/openapi.py`, or `--check` to see that it is current."""

import json
import sys
from pathlib import Path

from api.app import document as told
from api.app import routed

PAGE = Path(__file__).with_suffix(".json")


def document() -> str:
    """Return the OpenAPI document."""
    return json.dumps(told(routed()), indent=1, sort_keys=True) + "\n"


def main() -> int:
    """Write the document; with --check, only say whether it is current."""
    if sys.argv[1:] != ["--check"]:
        PAGE.write_text(document(), encoding="utf-8")
        return 0
    if PAGE.is_file() and PAGE.read_text(encoding="utf-8") == document():
        return 0
    print(f"{PAGE} is not what the code says; run: python docs/openapi.py", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
