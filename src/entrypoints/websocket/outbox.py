"""What waits for a slow reader: bounded, and the least important goes first."""


class Outbox:
    """Frames that the wire does not take yet, in order.

    Frames with a key take the place of the one that waits under it. From half on, soft frames are
    left out; what else does not fit is refused, and then the reader is too slow.
    """

    __slots__ = ("_bytes", "_frames", "_most_bytes", "_most_frames")

    def __init__(self, max_frames: int, max_bytes: int) -> None:
        self._most_frames = max_frames
        self._most_bytes = max_bytes
        self._frames: dict[object, bytes] = {}
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._frames)

    def add(self, frame: bytes) -> bool:
        """Let *frame* wait; False where nothing more may."""
        return self._put(object(), frame)

    def add_latest(self, key: str, frame: bytes) -> bool:
        """Let *frame* wait, in the place of the one with its key; False where it may not."""
        return self._put(key, frame)

    def add_soft(self, key: str, frame: bytes) -> None:
        """Let *frame* wait in the place of the one with its key, if there is room to spare."""
        if key in self._frames or (
            2 * len(self._frames) < self._most_frames and 2 * self._bytes < self._most_bytes
        ):
            self._put(key, frame)

    def pop(self) -> bytes:
        """Take out the frame that waits longest."""
        frame = self._frames.pop(next(iter(self._frames)))
        self._bytes -= len(frame)
        return frame

    def clear(self) -> None:
        """Give up what waits."""
        self._frames.clear()
        self._bytes = 0

    def _put(self, key: object, frame: bytes) -> bool:
        known = self._frames.get(key)
        size = self._bytes + len(frame) - (len(known) if known is not None else 0)
        if size > self._most_bytes or (known is None and len(self._frames) >= self._most_frames):
            return False
        self._frames[key] = frame
        self._bytes = size
        return True
