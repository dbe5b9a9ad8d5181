"""A Chromium without the policy, as the tests of the pages have it."""

from tests.pages.conftest import browser, chromium

__all__ = ["browser", "chromium"]
