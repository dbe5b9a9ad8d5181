"""What can go wrong with the store, in words for its reader."""


class StoreError(Exception):
    """The database cannot be used: where, why, what to do."""
