from daemon.store.errors import StoreError
from daemon.store.store import Store, recorded

__all__ = ["Store", "StoreError", "recorded"]
