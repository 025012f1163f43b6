"""Settings of a Redis bus, and a listener that records its frames."""

import attrs

from parlour.adapters.redis import RedisSettings
from parlour.domain.kernel.broadcast import Listener


@attrs.frozen(kw_only=True)
class RedisAddress(RedisSettings):
    """The address of a Redis, as in the configuration."""

    url: str
    prefix: str = "parlour"
    cluster: bool = False
    direct: bool = True


class RecordingListener(Listener):
    """Records frames and gaps."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, bytes]] = []
        self.gaps = 0

    def frame(self, topic: str, payload: bytes) -> None:
        self.heard.append((topic, payload))

    def gap(self) -> None:
        self.gaps += 1
