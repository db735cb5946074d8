"""Every policy against its own fixtures, each fixture judged by its own policy only.

How to write one:

- `fixtures/<area>/<fault>/{fail,pass,unknown}*.{json,bicep,yaml}`: one fixture a file (`fail.json`,
  `pass-other-case.bicep`, `unknown-size.json`). `NAME.parameters.json` and `NAME.bicepparam` belong to the fixture
  NAME.
- `fixtures/<area>/<fault>/{fail,pass,unknown}*/`: a folder is one fixture of several files (modules, manifests beside
  a template, a bundle).
- The line at fault bears `// expect: fail` or `// expect: unknown` (`#` in YAML; `<!-- -->` in XML). Exactly the marked
  lines must be found, in any file of the fixture; several rows on one line need one mark, a fail and an unknown on one
  line need `// expect: fail, unknown`. Where the mark cannot stand in the file (strict JSON), write it into
  `expect.txt` in a folder fixture: `main.json:12 fail`.
- A `fail` fixture marks a fail, an `unknown` fixture an unknown; a `pass` fixture marks nothing, and the policy must
  have judged something in at least one of them. No fixture has a gap.
- Configuration (production, parameters, tags, regions …, as in `.aiplint.yaml`): a comment on any line of the fixture,
  `// aiplint-fixture: {production: true, parameters: {serving/x: {max: 3}}}`, or `.aiplint.yaml` in a folder fixture.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from linter.config import Config, check_against, parse_config
from linter.engine import Terms, judge
from linter.model import Ledger
from linter.policy import load
from linter.running import Order, inventories

ROOT = Path(__file__).parent.parent
FIXTURES = ROOT / "fixtures"
POLICIES = load()
MARK = re.compile(r"(?://|#|/\*|<!--)\s*expect:\s*([a-z, ]+)")
HEADER = re.compile(r"(?://|#|/\*)\s*aiplint-fixture:\s*(\{.*\})")
NOT_ALONE = (".parameters.json", ".bicepparam")


def fixtures_of(policy_id: str) -> list[Path]:
    folder = FIXTURES / policy_id
    if not folder.is_dir():
        return []
    return sorted(
        path
        for path in folder.iterdir()
        if re.match(r"(fail|pass|unknown)", path.name) and not path.name.endswith(NOT_ALONE)
    )


def texts_of(fixture: Path) -> Iterator[tuple[Path, str]]:
    if fixture.is_dir():
        files = sorted(path for path in fixture.rglob("*") if path.is_file())
    else:
        stem = fixture.name.split(".")[0]
        files = [
            path for path in sorted(fixture.parent.iterdir()) if path.is_file() and path.name.split(".")[0] == stem
        ]
    for path in files:
        yield path, path.read_text(encoding="utf-8-sig")


def marks_of(fixture: Path) -> set[tuple[str, int, str]]:
    marks: set[tuple[str, int, str]] = set()
    for path, text in texts_of(fixture):
        if path.name == "expect.txt":
            for entry in text.split("\n"):
                if found := re.match(r"(\S+):(\d+) (fail|unknown)", entry):
                    marks.add(((fixture / found[1]).as_posix(), int(found[2]), found[3]))
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if found := MARK.search(line):
                marks |= {(path.as_posix(), number, verdict) for verdict in re.findall(r"fail|unknown", found[1])}
    return marks


def config_of(fixture: Path) -> Config:
    for path, text in texts_of(fixture):
        if path.name == ".aiplint.yaml":
            return parse_config(text, path.as_posix())
        if found := HEADER.search(text):
            return parse_config(found[1].removesuffix("*/").strip(), path.as_posix())
    return Config()


def judged(policy_id: str, fixture: Path) -> Ledger:
    config = config_of(fixture)
    check_against(config, POLICIES)
    terms = Terms(
        {policy_id: POLICIES[policy_id]}, config.parameters, config.severity, evidence=True, known=tuple(POLICIES)
    )
    return judge(inventories(Order(paths=(fixture.as_posix(),), settings=config.settings)), terms)


CASES = [pytest.param(name, path, id=f"{name}/{path.name}") for name in POLICIES for path in fixtures_of(name)]


@pytest.mark.parametrize(("policy_id", "fixture"), CASES)
def test_fixture_has_exactly_the_marked_findings(policy_id: str, fixture: Path) -> None:
    ledger = judged(policy_id, fixture)
    rows = [row for row in ledger.rows if row.verdict != "pass"]
    found = {(Path(row.location.path).as_posix(), row.location.line, row.verdict) for row in rows}
    said = "\n".join(f"{row.location.path}:{row.location.line} {row.verdict}: {row.message}" for row in rows)
    assert [gap.message for gap in ledger.gaps] == []
    assert sorted(found) == sorted(marks_of(fixture)), said
    kind = re.match("fail|pass|unknown", fixture.name)
    verdicts = {row.verdict for row in rows}
    assert kind is not None
    if kind[0] != "pass":
        assert kind[0] in verdicts
    else:
        assert verdicts == set()
    assert ledger.pairs == sum(ledger.counts.values())


@pytest.mark.parametrize("policy_id", [name for name in POLICIES if fixtures_of(name)])
def test_something_passes(policy_id: str) -> None:
    passing = [path for path in fixtures_of(policy_id) if path.name.startswith("pass")]
    assert sum(judged(policy_id, path).counts["pass"] for path in passing) > 0
