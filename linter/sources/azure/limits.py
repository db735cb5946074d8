"""What a live scan allows itself: pace, tries, waits, pages. And how it ends early."""

from __future__ import annotations

import os
import threading
import time
from dataclasses import dataclass, fields
from typing import Final

from linter.errors import UsageError

VARIABLE: Final = "AIPLINT_LIVE_LIMITS"


class Stopped(Exception):  # noqa: N818 - no error: the user or the clock ended the scan
    """The scan was ended before this call."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds, and numbers of calls.

    ARM gives a principal 250 reads at once and 25 a second in a subscription; Resource Graph 15 queries in 5 seconds
    (learn.microsoft.com, azure/azure-resource-manager/management/request-limits-and-throttling and
    azure/governance/resource-graph/concepts/guidance-for-throttled-requests, read 2026-11-24). For tests and for
    networks of another kind each can be set by the environment variable AIPLINT_LIVE_LIMITS:
    `retry_wait=0.01,longest_wait=1`.
    """

    threads: int = 8
    pace: float = 20.0
    burst: float = 100.0
    graph_pace: float = 3.0
    graph_burst: float = 3.0
    tries: int = 4
    """For 5xx, a cut connection."""
    timeout_tries: int = 2
    """For no answer in time: each costs `read` seconds."""
    throttle_tries: int = 8
    """For 429."""
    retry_wait: float = 0.5
    """Before the second try; doubled for each further one, with jitter."""
    longest_wait: float = 30.0
    """The most that one wait takes, whatever Retry-After says."""
    connect: float = 10.0
    read: float = 30.0
    give_up_after: int = 12
    """So many calls in a row that gave up on a failing service: from then on each is tried once."""
    pages: int = 10_000
    job_pages: int = 20
    """Of one workspace's jobs."""
    login: float = 60.0
    """For `az`."""

    @staticmethod
    def of_environment() -> Limits:
        """The limits, changed as AIPLINT_LIVE_LIMITS says. Raises `UsageError`."""
        kinds = {field.name: field.type for field in fields(Limits)}
        given: dict[str, float | int] = {}
        for entry in filter(None, os.environ.get(VARIABLE, "").split(",")):
            name, _, text = entry.strip().partition("=")
            try:
                given[name] = int(text) if kinds[name] == "int" else float(text)
            except (KeyError, ValueError):
                raise UsageError(f"{VARIABLE}: {entry}: takes NAME=NUMBER; NAME is one of {', '.join(kinds)}") from None
            if given[name] < 0:
                raise UsageError(f"{VARIABLE}: {entry}: takes no negative number")
        return Limits(**given)  # type: ignore[arg-type]  # each has the type of its field, see above


class Stop:
    """Whether the scan is to end: by its time limit, or because somebody said so."""

    def __init__(self, seconds: float | None = None) -> None:
        self._event = threading.Event()
        self._end = time.monotonic() + seconds if seconds is not None else None
        self.late = False

    def now(self) -> None:
        """End the scan."""
        self._event.set()

    def is_set(self) -> bool:
        if self._end is not None and time.monotonic() >= self._end and not self._event.is_set():
            self.late = True
            self._event.set()
        return self._event.is_set()

    def check(self) -> None:
        """Raises `Stopped` where the scan is to end."""
        if self.is_set():
            raise Stopped

    def sleep(self, seconds: float) -> None:
        """Wait; raises `Stopped` as soon as the scan is to end."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self.check()
            if self._end is not None:
                left = min(left, max(self._end - time.monotonic(), 0.0) + 0.001)
            self._event.wait(left)
        self.check()


class Pace:
    """A token bucket: `burst` calls at once, `rate` a second after them."""

    def __init__(self, rate: float, burst: float) -> None:
        self.rate, self.burst = rate, max(burst, 1.0)
        self._lock = threading.Lock()
        self._left, self._at = self.burst, time.monotonic()

    def wait(self, stop: Stop) -> None:
        """Take a turn."""
        with self._lock:
            now = time.monotonic()
            self._left = min(self.burst, self._left + (now - self._at) * self.rate)
            self._at = now
            self._left -= 1
            owed = -self._left / self.rate if self._left < 0 and self.rate > 0 else 0.0
        if owed > 0:
            stop.sleep(owed)

    def pause(self, seconds: float) -> None:
        """Nobody takes a turn for so long: the service says that its limit is reached."""
        with self._lock:
            self._left = min(self._left, -seconds * self.rate)
            self._at = time.monotonic()
