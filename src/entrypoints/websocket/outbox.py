"""What waits for a slow reader: bounded, and the least important goes first."""


class Outbox:
    """Frames that the wire does not take yet, in order.

    From half on, soft frames are left out; before, one takes the place of the one with its key.
    """

    __slots__ = ("_bytes", "_frames", "_most_bytes", "_most_frames")

    def __init__(self, most_frames: int, most_bytes: int) -> None:
        self._most_frames = most_frames
        self._most_bytes = most_bytes
        self._frames: dict[object, bytes] = {}
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._frames)

    def has_room_for(self, frames: int) -> bool:
        """Tell whether so many frames, and one more, are within the bound."""
        return frames < self._most_frames

    def add(self, frame: bytes) -> bool:
        """Let *frame* wait; False where nothing more may."""
        if len(self._frames) >= self._most_frames or self._bytes + len(frame) > self._most_bytes:
            return False
        self._frames[object()] = frame
        self._bytes += len(frame)
        return True

    def add_soft(self, key: str, frame: bytes) -> None:
        """Let *frame* wait in the place of the one with its key, if there is room to spare."""
        known = self._frames.get(key)
        if known is not None:
            self._frames[key] = frame
            self._bytes += len(frame) - len(known)
        elif 2 * len(self._frames) < self._most_frames and 2 * self._bytes < self._most_bytes:
            self._frames[key] = frame
            self._bytes += len(frame)

    def take(self) -> list[bytes]:
        """Return what waits, in order, and be empty."""
        frames = list(self._frames.values())
        self._frames.clear()
        self._bytes = 0
        return frames
