"""Threads that work off a list which grows while they work. They are daemons: a scan that ends early waits for none."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

from linter.sources.azure.limits import Stop, Stopped

Task = Callable[[], None]


class Crew:
    """`add` tasks (also from within a task), then `finish`. A task says itself what went wrong; what it raises
    nevertheless goes to `fault`."""

    def __init__(self, size: int, stop: Stop, fault: Callable[[Exception], None]) -> None:
        self._stop, self._fault = stop, fault
        self._tasks: deque[Task] = deque()
        self._ready = threading.Condition()
        self._open = 0
        self.total = 0
        self._ended = False
        for _ in range(max(size, 1)):
            threading.Thread(target=self._work, daemon=True).start()

    def add(self, task: Task) -> None:
        with self._ready:
            self._tasks.append(task)
            self._open += 1
            self.total += 1
            self._ready.notify()

    @property
    def done(self) -> int:
        """How many tasks have ended."""
        return self.total - self._open

    def finish(self, tell: Callable[[], None]) -> bool:
        """Wait until nothing is left; `tell` is called several times a second. False where the scan was ended."""
        with self._ready:
            while self._open and not self._stop.is_set():
                self._ready.wait(0.1)
                tell()
            return not self._open

    def end(self) -> None:
        """Let the threads go."""
        with self._ready:
            self._ended = True
            self._tasks.clear()
            self._ready.notify_all()

    def _work(self) -> None:
        while True:
            with self._ready:
                while not self._tasks and not self._ended:
                    self._ready.wait()
                if self._ended:
                    return
                task = self._tasks.popleft()
            try:
                if not self._stop.is_set():
                    task()
            except Stopped:
                pass
            except Exception as error:  # a fault of ours in one list must not cost the others
                self._fault(error)
            finally:
                with self._ready:
                    self._open -= 1
                    self._ready.notify_all()
