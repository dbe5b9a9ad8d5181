"""Makes the Debian packages of `make deb`, for any architecture from any architecture, the same bytes each time."""
