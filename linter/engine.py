"""Judges policies over inventories: every pair of a policy and a resource it is about gets one verdict, and the ledger
balances.

What decides a row, in this order: the policy's `production` and `when` select (false: no row); `require` or the check
judges; an open selection, or a condition of the resource that only the deployment decides, turns a fail into unknown.
"""

from __future__ import annotations

import importlib
import string
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from linter.changes import Changes
from linter.concealment import concealed
from linter.errors import UsageError
from linter.inventory import certain_part, is_production, normalise, tag, tag_path
from linter.model import (
    ABSENT,
    SEVERITIES,
    Absent,
    Fix,
    Gap,
    Inventory,
    Ledger,
    Outcome,
    Resource,
    Row,
    Settings,
    Severity,
    Unresolved,
    Value,
)
from linter.policy import Policy
from linter.predicates import Answer, Bound, Condition, PredicateError, Subject, compile_condition
from linter.rows import bare_row, make_row, safe_place, shown_name
from linter.waivers import InlineWaivers

DEPLOYMENTS = "microsoft.resources/deployments"
Check = Callable[[Resource, Inventory, Mapping[str, Any]], "Outcome | list[Outcome] | None"]
_WORST = {"fail": 0, "unknown": 1, "pass": 2}


@dataclass(frozen=True, slots=True)
class Terms:
    """What a run asks: the policies by id, their parameters and severities as configured, whether passes are kept.

    `known` are the ids of all policies there are, selected or not; `changes`: what the diff of `--changed-since`
    touches, so that a row outside it bears the baseline mark `unchanged`.
    """

    policies: Mapping[str, Policy]
    parameters: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    severity: Mapping[str, Severity] = field(default_factory=dict)
    evidence: bool = False
    known: tuple[str, ...] = ()
    today: date = date.min
    changes: Changes | None = None


def empty_ledger(terms: Terms) -> Ledger:
    """A ledger of no rows that knows the policies of the run."""
    return Ledger(evidence=terms.evidence, policies={name: policy.text() for name, policy in terms.policies.items()})


def judge(inventories: Iterable[Inventory], terms: Terms) -> Ledger:
    """The whole ledger. `files` counts nothing here: the caller knows what it read."""
    ledger = empty_ledger(terms)
    bench = Bench(terms)
    for inventory in inventories:
        bench.judge(inventory, ledger)
    sort_rows(ledger)
    return ledger


def sort_rows(ledger: Ledger) -> None:
    """By place, then policy and resource: the same for any number of processes."""
    ledger.rows.sort(
        key=lambda row: (
            row.location.path,
            row.location.line,
            row.location.column,
            row.policy,
            row.resource_name,
            row.resource_id,
            row.property,
        )
    )
    ledger.gaps = sorted(
        dict.fromkeys(ledger.gaps), key=lambda gap: (gap.path, gap.line, gap.column, gap.kind, gap.message)
    )


def absorb(whole: Ledger, part: Ledger) -> None:
    """Add what another process judged; `sort_rows` afterwards."""
    whole.rows += part.rows
    whole.gaps += part.gaps
    for verdict, number in part.counts.items():
        whole.counts[verdict] += number
    whole.pairs += part.pairs
    whole.not_applicable += part.not_applicable
    whole.files += part.files
    whole.resources += part.resources


class Bench:
    """Policies made ready once, for many inventories."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.by_type: dict[str, list[Judge]] = {}
        for policy in terms.policies.values():
            judge = Judge(policy, terms)
            for name in dict.fromkeys(name.lower() for name in policy.types):
                self.by_type.setdefault(name, []).append(judge)
        self.certain: Inventory | None = None
        self.names = tuple(terms.policies)
        self.waivers = InlineWaivers(terms.known or self.names, terms.today)

    def judge(self, inventory: Inventory, ledger: Ledger) -> None:
        """Judge one workload into `ledger`."""
        inventory = normalise(inventory)
        ledger.resources += len(inventory.resources)
        ledger.gaps += [gap if gap.policies else replace(gap, policies=self.names) for gap in inventory.gaps]
        self.certain = certain_part(inventory)
        everywhere = self.by_type.get("*", [])
        for resource in inventory.resources:
            for judge in self.by_type.get(resource.type_key, ()):
                self._pair(judge, resource, inventory, ledger)
            for judge in everywhere:
                self._pair(judge, resource, inventory, ledger)
        for judge in self.by_type.get(DEPLOYMENTS, ()):
            for deployment in inventory.deployments:
                self._pair(judge, deployment, inventory, ledger)
        self.waivers.read_all(inventory)

    def _pair(self, judge: Judge, resource: Resource, inventory: Inventory, ledger: Ledger) -> None:
        row: Row | None = None
        try:
            outcome, others = judge.outcome(resource, inventory)
            if outcome is not None and self.certain is not None and resource.condition is None:
                outcome, others = _hedged(judge, resource, outcome, others, self.certain)
            if outcome is not None and (outcome.verdict != "pass" or self.terms.evidence):
                row = self._row(judge, resource, outcome, others, inventory)
        except UsageError:
            raise
        except Exception as error:  # a check is code of others: whatever it raises is a gap, the rest is still judged
            ledger.gaps.append(_raised(judge.policy, resource, error, inventory))
            outcome = Outcome("unknown", f"{shown_name(resource)}: the check of {judge.policy.id} failed")
            row = bare_row(judge.policy.id, judge.policy.severity, resource, outcome, inventory)
        if outcome is None:
            ledger.not_applicable += 1
            return
        ledger.pairs += 1
        ledger.counts[outcome.verdict] += 1
        if row is not None:
            ledger.rows.append(row)

    def _row(
        self, judge: Judge, resource: Resource, outcome: Outcome, others: list[Outcome], inventory: Inventory
    ) -> Row:
        policy = judge.policy
        severity = self.terms.severity.get(policy.id) or outcome.severity or policy.severity
        row = make_row(policy.id, severity, resource, outcome, others, inventory)
        if outcome.verdict == "pass":
            return row
        if policy.data["fix"].get("set"):
            row.fix = _certain_fix(judge, resource, outcome, inventory)
        self.waivers.waive(row, resource, inventory)
        if self.terms.changes is not None and not self.terms.changes.touch_row(row, resource):
            row.baseline = "unchanged"
        return row


_TURNS = (("pass", "fail"), ("fail", "pass"), ("fail", None))
"""Verdicts with and without what may not be deployed that contradict each other; None: nothing to judge."""


def _hedged(
    judge: Judge, resource: Resource, outcome: Outcome, others: list[Outcome], certain: Inventory
) -> tuple[Outcome, list[Outcome]]:
    """A verdict that turns about without the resources whose condition is open is unknown: what mends or makes the
    fault may not be deployed."""
    if outcome.verdict == "unknown":
        return outcome, others
    other = judge.outcome(resource, certain)[0]
    if (outcome.verdict, other and other.verdict) not in _TURNS:
        return outcome, others
    fault, word = (other, "unless") if other and other.verdict == "fail" else (outcome, "if")
    reason = f" ({word} what the template deploys under an open condition is there)"
    return replace(fault, verdict="unknown", message=fault.message.removesuffix(".") + reason), []


def _certain_fix(judge: Judge, resource: Resource, outcome: Outcome, inventory: Inventory) -> Fix | None:
    """The fix of a row, where judging the mended resource finds nothing more at that property."""
    from linter.fixes import make_fix, mended

    fix = make_fix(judge.policy, resource, outcome, inventory)
    if fix is None or not judge.fix_is_right(resource, inventory):
        return None
    path, better = mended(judge.policy, resource, outcome)
    kept, inventory.memo = inventory.memo, dict(inventory.memo)  # what is found out about `better` is not to stay
    try:
        found, others = judge.outcome(better, inventory)
    except Exception:  # a check is code of others: what it raises is told where it judges, a fix is not offered
        return None
    finally:
        inventory.memo = kept
    left = [one for one in (found, *others) if one is not None and one.verdict != "pass"]
    return None if any(one.path.lower() == path.lower() for one in left) else fix


def _raised(policy: Policy, resource: Resource, error: Exception, inventory: Inventory) -> Gap:
    """Type and place of what was raised, not its text: that may hold a value."""
    import traceback  # only a fault needs it

    frame = traceback.extract_tb(error.__traceback__)[-1]
    where = frame.filename.replace("\\", "/").rpartition("/")[2]
    place = safe_place(resource, inventory)
    return Gap(
        path=place.path,
        line=place.line,
        column=place.column,
        kind="check",
        policies=(policy.id,),
        message=f"the check of {policy.id} raised {type(error).__name__} at {where}:{frame.lineno} "
        f"for {shown_name(resource)}"
        "; please report it",
    )


class Judge:
    """One policy with its parameters bound. Conditions compile when the first resource asks for them."""

    def __init__(self, policy: Policy, terms: Terms) -> None:
        self.policy = policy
        self.parameters = {**policy.parameters, **terms.parameters.get(policy.id, {})}
        self.settings: Settings | None = None
        self.conditions: tuple[Condition | None, Condition | None] = (None, None)
        self.check: Check | None = None

    def outcome(self, resource: Resource, inventory: Inventory) -> tuple[Outcome | None, list[Outcome]]:
        """The verdict, and further outcomes of the same resource that weigh no more."""
        when, require = self._conditions(inventory)
        subject = Subject(resource, inventory)
        selected: Answer = Answer(True)
        if self.policy.production:
            produces = is_production(resource, inventory)
            if produces is False:
                return None, []
            if produces is None:
                selected = Answer(
                    None, tag_path(resource, "environment", inventory), tag(resource, "environment", inventory)
                )
        if when is not None:
            answer = when(subject)
            if answer.holds is False:
                return None, []
            if answer.holds is None:
                selected = answer
        found = [self._required(require, subject)] if require else self._checked(resource, inventory)
        if not found:
            return None, []
        found.sort(
            key=lambda outcome: (_WORST[outcome.verdict], SEVERITIES.index(outcome.severity or self.policy.severity))
        )
        found = [_softened(outcome, selected, resource) for outcome in found]
        return found[0], [other for other in found[1:] if other.verdict == found[0].verdict]

    def _conditions(self, inventory: Inventory) -> tuple[Condition | None, Condition | None]:
        settings = inventory.settings
        if self.settings is not settings:
            bound = Bound(self.parameters, settings)
            try:
                when = compile_condition(self.policy.when, bound) if self.policy.when else None
                require = compile_condition(self.policy.require, bound) if self.policy.require else None
            except PredicateError as error:
                raise UsageError(f"parameters of {self.policy.id}: {error.message}") from None
            self.settings, self.conditions = settings, (when, require)
        return self.conditions

    def fix_is_right(self, resource: Resource, inventory: Inventory) -> bool:
        """Is the resource one that the policy's `fix: {when: …}` surely holds for?"""
        when = self.policy.data["fix"].get("when")
        if when is None:
            return True
        return (
            compile_condition(when, Bound(self.parameters, inventory.settings))(Subject(resource, inventory)).holds
            is True
        )

    def _required(self, require: Condition, subject: Subject) -> Outcome:
        answer = require(subject)
        if answer.holds:
            return Outcome("pass", "", answer.path, answer.observed)
        if answer.holds is None:
            return Outcome("unknown", open_message(answer, subject.resource), answer.path, answer.observed)
        return Outcome("fail", self._message(answer, subject.resource), answer.path, answer.observed)

    def _checked(self, resource: Resource, inventory: Inventory) -> list[Outcome]:
        if self.check is None:
            self.check = find_check(self.policy)
        found = self.check(resource, inventory, self.parameters)
        return [] if found is None else list(found) if isinstance(found, list) else [found]

    def _message(self, answer: Answer, resource: Resource) -> str:
        words: dict[str, Any] = {
            **self.parameters,
            "name": shown_name(resource),
            "type": resource.type,
            "property": answer.path,
            "location": resource.get("location"),
            "observed": shown_observed(answer._replace(observed=concealed(answer.observed, answer.path))),
        }
        text = ""
        for literal, name, _, _ in string.Formatter().parse(self.policy.message):
            text += literal
            if name is not None:
                text += (
                    words[name]
                    if isinstance(words.get(name), str)
                    else shown(words.get(name) if name in words else resource.get(name))
                )
        return text


def _softened(outcome: Outcome, selected: Answer, resource: Resource) -> Outcome:
    """A fail that is none unless something open turns out so is unknown, with that as the reason."""
    if outcome.verdict == "pass":
        return outcome
    if selected.holds is None:
        return replace(
            outcome, verdict="unknown", message=f"{open_message(selected, resource)}: whether it is judged is open"
        )
    if outcome.verdict == "fail" and resource.condition is not None:
        reason = f" (if it is deployed: [{clip(resource.condition.expression)}])"
        return replace(outcome, verdict="unknown", message=outcome.message.removesuffix(".") + reason)
    return outcome


def open_message(answer: Answer, resource: Resource) -> str:
    """Why a condition could not be decided."""
    name, path = shown_name(resource), answer.path or "a property"
    if isinstance(answer.observed, Unresolved):
        return f"{name}: {path} is known only at deployment: [{clip(answer.observed.expression)}]"
    if answer.observed is ABSENT:
        return f"{name}: {path} is not stated, and what that means is open"
    return f"{name}: {path} is {shown(concealed(answer.observed, answer.path))}, which cannot be compared"


def shown_observed(answer: Answer) -> str:
    """The observed value in a sentence."""
    if answer.defaulted:
        return "nothing" if answer.observed is ABSENT else f"{shown(answer.observed)} (the default)"
    return shown(answer.observed)


def shown(value: Value | Absent) -> str:
    """A value in a sentence: text as it is, JSON's words for the others, an open one as its expression."""
    import json

    if value is ABSENT or value is None:
        return "nothing"
    if isinstance(value, Unresolved):
        return f"[{clip(value.expression)}]"
    if isinstance(value, str):
        return clip(value)
    return clip(
        json.dumps(value, default=lambda item: f"[{item.expression}]" if isinstance(item, Unresolved) else str(item))
    )


def clip(text: str, limit: int = 120) -> str:
    """At most `limit` characters, on one line."""
    flat = " ".join(text.split())
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"


def find_check(policy: Policy) -> Check:
    """The function that a policy names. Raises `UsageError` where there is none."""
    name = policy.check
    if name.startswith("linter.checks."):
        module, _, function = name.partition(":")
        try:
            check: Check = getattr(importlib.import_module(module), function)
        except (ImportError, AttributeError) as error:
            raise UsageError(f"policy {policy.id}: no check {name}: {error}") from None
        return check
    from importlib.metadata import entry_points

    for entry in entry_points(group="aiplint.checks", name=name):
        loaded: Check = entry.load()
        return loaded
    raise UsageError(
        f"policy {policy.id}: no installed package offers the check {name!r} (entry point group aiplint.checks)"
    )
