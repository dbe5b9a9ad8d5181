"""The gym floor's broker: what this machine publishes, and the few wishes that it takes."""

from daemon.mqtt.broker import Broker
from daemon.mqtt.ports import Pace, Ports
from daemon.mqtt.publisher import Publisher

__all__ = ["Broker", "Pace", "Ports", "Publisher"]
