from daemon.outbox.outbox import Outbox

__all__ = ["Outbox"]
