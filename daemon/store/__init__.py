from daemon.store.errors import StoreError
from daemon.store.store import Store

__all__ = ["Store", "StoreError"]
