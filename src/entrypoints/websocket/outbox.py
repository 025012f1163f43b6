"""The bounded queue of frames for a slow reader; the least important are dropped first."""


class WriteQueue:
    """Frames that the transport does not take yet, in order.

    A frame with a key replaces the waiting frame with the same key. From half of either limit on,
    soft frames are dropped. When another frame does not fit, the reader is too slow. Answers to
    requests always fit, and take no room from other frames: as many wait as requests may be in
    flight.
    """

    __slots__ = ("_answers", "_bytes", "_frames", "_max_bytes", "_max_frames")

    def __init__(self, max_frames: int, max_bytes: int) -> None:
        self._max_frames = max_frames
        self._max_bytes = max_bytes
        self._frames: dict[object, bytes] = {}
        self._answers: dict[object, int] = {}
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._frames)

    def add(self, frame: bytes) -> bool:
        """Queue *frame*; return False if it does not fit."""
        return self._put(object(), frame)

    def add_latest(self, key: str, frame: bytes) -> bool:
        """Queue *frame* in the place of the one with its key; return False if it does not fit."""
        return self._put(key, frame)

    def add_soft(self, key: str, frame: bytes) -> None:
        """Queue *frame* in the place of the one with its key, or drop it when half full."""
        if key in self._frames or (
            2 * self._counted < self._max_frames and 2 * self._bytes < self._max_bytes
        ):
            self._put(key, frame)

    def add_answer(self, id_: int, frame: bytes) -> None:
        """Queue the answer to the request *id_*, however much waits."""
        key = object()
        self._frames[key] = frame
        self._answers[key] = id_

    def pop(self) -> tuple[bytes, int | None]:
        """Remove the oldest frame; return it, and the id of the request that it answers."""
        key = next(iter(self._frames))
        frame, id_ = self._frames.pop(key), self._answers.pop(key, None)
        if id_ is None:
            self._bytes -= len(frame)
        return frame, id_

    def clear(self) -> None:
        """Drop all frames."""
        self._frames.clear()
        self._answers.clear()
        self._bytes = 0

    @property
    def _counted(self) -> int:
        """The number of frames that count towards the limit."""
        return len(self._frames) - len(self._answers)

    def _put(self, key: object, frame: bytes) -> bool:
        known = self._frames.get(key)
        size = self._bytes + len(frame) - (len(known) if known is not None else 0)
        if size > self._max_bytes or (known is None and self._counted >= self._max_frames):
            return False
        self._frames[key] = frame
        self._bytes = size
        return True
