from daemon.outbox.answers import Answers
from daemon.outbox.outbox import Outbox

__all__ = ["Answers", "Outbox"]
