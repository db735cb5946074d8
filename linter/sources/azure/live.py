"""A live estate → a snapshot. The one way in from outside this package."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from linter.model import Gap
from linter.sources.azure.found import Found, Lack
from linter.sources.azure.limits import Limits, Stop
from linter.sources.azure.login import Account, Login, silence
from linter.sources.azure.reader import Reader
from linter.sources.azure.scan import Scan, Scope
from linter.sources.azure.trouble import NoLogin
from linter.sources.exports import split_id
from linter.sources.snapshot import FOLDER, Snapshot, file_name

Blinded = Callable[[str], tuple[str, ...]]
"""The policies that a failed list of this type (or of facts of use) blinds; none: all."""


@dataclass(slots=True)
class Reading:
    """What came of a scan. `requests`: to ARM, tries included."""

    snapshot: Snapshot
    requests: int = 0
    interrupted: bool = False
    login: str = ""
    notes: tuple[str, ...] = ()


def read(
    account: Account,
    scope: Scope,
    limits: Limits,
    seconds: float | None,
    blinded: Blinded,
    tell: Callable[[int, int, int, int, str], None],
) -> Reading:
    """Read an estate; what cannot be read is a gap, an interrupt gives what was read until then.

    `seconds`: how long the scan may take; `tell(requests, done, total, resources, waiting for)` is called several
    times a second.
    """
    silence()
    stop = Stop(seconds)
    login = Login(account, limits)
    try:
        login.get_token(account.scope)
    except NoLogin as error:
        gap = Gap("", f"cannot log in: {error}", kind="access")
        return Reading(Snapshot([], gaps=[gap], unread=frozenset({("*", "")}), partial=True), login=str(error))
    reader = Reader(login, limits, stop)

    def show(scan: Scan) -> None:
        waiting = next(iter(list(scan.found.waiting.values())), "")
        tell(reader.sent, scan.crew.done, scan.crew.total, len(scan.found.resources), waiting)

    scan = Scan(reader, scope, limits, stop, show)
    interrupted = False
    try:
        scan.run()
    except KeyboardInterrupt:
        interrupted = True
        stop.now()
        scan.ended()
    except NoLogin as error:
        scan.found.lacks.append(Lack("*", "", "the estate", code="NoLogin", reason=str(error)))
    found = scan.found
    with found.lock:
        snapshot = _snapshot(found, blinded)
    return Reading(snapshot, reader.sent, interrupted, notes=tuple(dict.fromkeys(found.notes)))


def _snapshot(found: Found, blinded: Blinded) -> Snapshot:
    """Facts and gaps in one order, however the threads came by them."""
    lacks = sorted(set(found.lacks), key=lambda lack: (lack.scope, lack.type, lack.what))
    usage = {
        kind: sorted(facts, key=str) if isinstance(facts, list) else dict(sorted(facts.items()))
        for kind, facts in sorted(found.usage.items())
    }
    return Snapshot(
        resources=list(found.resources.values()),
        covered=dict(sorted(found.covered.items())),
        usage=usage,
        gaps=[Gap(place_of(lack.scope), lack.message, kind="access", policies=blinded(lack.type)) for lack in lacks],
        unread=frozenset((lack.type.lower(), lack.scope.lower()) for lack in lacks if lack.hides),
        partial=any(lack.type == "*" and not lack.scope for lack in lacks),
    )


def place_of(scope: str) -> str:
    """Where a report shows what is wrong with an ARM id: the file that a saved scan keeps it in, else its folder."""
    kind, name = split_id(scope)
    if kind and "/providers/" in scope:
        return file_name(scope, kind, name)
    steps = [step for step in scope.split("/") if step]
    return "/".join([FOLDER, *(step.lower() for step in steps[1::2])]) if len(steps) > 1 else ""
