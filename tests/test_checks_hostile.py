"""No check raises, whatever stands where it looks: every path that policies read is filled with values of any kind."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linter.engine import Terms, judge
from linter.model import Inventory, OpenKey, Place, Resource, Unresolved
from linter.policy import load

POLICIES = load()
TERMS = Terms(POLICIES, known=tuple(POLICIES))
PATHS: dict[str, list[tuple[str, str]]] = {}
for line in (Path(__file__).parent / "data" / "azure_paths.tsv").read_text(encoding="utf-8").splitlines():
    kind, _, rest = line.partition("\t")
    path, _, word = rest.partition("=")
    PATHS.setdefault(kind, []).append((path, word))
TYPES = sorted({kind for policy in POLICIES.values() for kind in policy.types if kind != "*"} | set(PATHS))

leaves = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 400),
    st.floats(allow_nan=True, allow_infinity=True),
    st.sampled_from(
        [
            "",
            " ",
            "Enabled",
            "Disabled",
            "Standard_NC24ads_A100_v4",
            "a/b:c@d",
            "PT5M",
            "P",
            "[x]",
            "/subscriptions/s/x",
            "azureml:m@latest",
            "0 3 * * *",
            "sku=gpu:NoSchedule",
            "Recurrence",
            "Hour",
            "Cron",
            "CreateJob",
            "Command",
            "Pipeline",
            "gpt-4o",
            "true",
            "5",
        ]
    ),
    st.builds(
        Unresolved,
        st.sampled_from(["parameters('x')", "concat('a', '/b:latest')", "format('{0}/a:{9}', x)", "reference(", "'"]),
    ),
)
keys = st.one_of(
    st.sampled_from(["name", "id", "size", "image", "status", "action", "enabled", "capacity", "rules", "b"]),
    st.just(OpenKey("[x]")),
)
values = st.recursive(
    leaves, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(keys, inner, max_size=3)), max_leaves=6
)


def put(body: dict[str, Any], path: str, value: Any) -> None:
    """Set a path such as `a.b[*].c` or `a.*.b`; a star is one member."""
    here: Any = body
    steps = re.sub(r"\[\*\]", ".[*]", path).split(".")
    for index, step in enumerate(steps):
        last = index == len(steps) - 1
        after = steps[index + 1] if not last else ""
        fresh: Any = [] if after == "[*]" else {}
        if isinstance(here, list):
            if not here:
                here.append(value if last else fresh)
            elif last:
                here[0] = value
            here = here[0]
        elif isinstance(here, dict):
            name = "member" if step == "*" else step
            if last:
                here[name] = value
            here = here.setdefault(name, fresh)
        else:
            return


@st.composite
def resources(draw: st.DrawFn) -> Resource:
    kind = draw(st.sampled_from(TYPES))
    body: dict[str, Any] = draw(
        st.dictionaries(st.sampled_from(["location", "tags", "properties", "sku", "kind", "spec", "tasks"]), values)
    )
    for path, word in draw(st.lists(st.sampled_from(PATHS.get(kind) or [("properties.x", "")]), max_size=8)):
        put(body, path, word if word and draw(st.booleans()) else draw(values))
    depth = kind.count("/")
    name: Any = draw(
        st.sampled_from(["/".join(["n", "m", "o", "p", "q"][:depth]), Unresolved("format('{0}/x', parameters('n'))")])
    )
    known = isinstance(name, str)
    identity: Any = (
        f"/subscriptions/s/resourceGroups/g/providers/{kind}/{name}"
        if known
        else Unresolved(f"resourceId('{kind}', x)")
    )
    return Resource(
        type=kind,
        name=name,
        id=identity,
        api_version=draw(st.sampled_from(["2024-10-01", "2020-01-01-preview", ""])),
        body=body,
        locate=lambda _path, _key: Place("x.json"),
        origin=draw(st.sampled_from(["template", "export", "manifest", "bundle"])),
        condition=draw(st.sampled_from([None, Unresolved("parameters('c')")])),
    )


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(resources(), min_size=1, max_size=6), st.booleans())
def test_no_check_raises(found: list[Resource], complete: bool) -> None:
    ledger = judge([Inventory(resources=found, complete=complete)], TERMS)
    assert [gap.message for gap in ledger.gaps if gap.kind == "check"] == []
    assert ledger.pairs == sum(ledger.counts.values())
