"""`python -m deploy.makedeb`: write dist/inclined_VERSION_ARCH.deb for each architecture."""

import argparse
import sys
from pathlib import Path

from deploy.makedeb.pack import build
from deploy.makedeb.recipe import CHECKOUT, CHIPS, CannotBuild, Recipe


def main() -> int:
    """Build what was asked for and print each file's name; 1 and one line on stderr when that is not possible."""
    parser = argparse.ArgumentParser(prog="make deb", description="Builds the Debian packages.")
    parser.add_argument("--arch", choices=list(CHIPS), action="append", help="only this one; may be repeated")
    parser.add_argument("--out", type=Path, default=CHECKOUT / "dist", help="folder for the packages; default: dist")
    args = parser.parse_args()
    try:
        for arch in args.arch or CHIPS:
            print(build(Recipe.of(CHECKOUT, arch), args.out))
    except CannotBuild as error:
        print(f"inclined: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
