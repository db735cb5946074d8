"""`aiplint explain`: one policy in full, for a person."""

from __future__ import annotations

import argparse
import json
import os
import sys
import textwrap
from collections.abc import Iterator

from linter.policy import Policy, load

WIDTH = 100


def run(options: argparse.Namespace) -> int:
    """Exit code 0; raises `UsageError` for an unknown id."""
    from linter.commands.policies import one

    policy = one(load(options.policies), options.id)
    color = sys.stdout.isatty() and not options.no_color and not os.environ.get("NO_COLOR")
    sys.stdout.writelines(line + "\n" for line in lines_of(policy, color=color))
    return 0


def lines_of(policy: Policy, *, color: bool) -> Iterator[str]:
    """The page of one policy."""
    text = policy.text()
    yield _bold(f"{text.id}: {text.title}", color)
    yield ""
    sets = "default and strict sets" if "default" in text.sets else "strict set only"
    yield f"{text.severity} severity, {sets}; looks at {', '.join(text.resource)}"
    if policy.production:
        yield "judges production resources only (by the environment tag, or `production: true` in the configuration)"
    yield from _section("Why", text.why, color)
    yield from _section("How to mend it", text.fix, color)
    for name, fragment in (("ARM", text.fix_arm), ("Bicep", text.fix_bicep)):
        if fragment:
            yield ""
            yield f"{name}:"
            yield ""
            yield from (f"    {line}" for line in fragment.rstrip().splitlines())
    yield from _section("When not to use it", text.when_not, color)
    yield from ("", _bold("To live with it", color))
    yield f"// aiplint: allow {text.id} until=YYYY-MM-DD -- the reason"
    yield f"#disable-next-line {text.id.replace('/', '-')} // the reason (Bicep)"
    if text.parameters:
        yield from ("", _bold("Parameters", color))
        for name, entry in text.parameters.items():
            default = json.dumps(entry["default"], ensure_ascii=False)
            yield from _item(f"{name} (default {default}): {entry['description']}")
    yield from _section("Guidance", f"{', '.join(text.says)}; pillars: {', '.join(text.pillars)}", color)
    if text.overlaps:
        yield from ("", _bold("Overlaps with", color))
        for overlap in text.overlaps:
            note = f": {overlap['note']}" if overlap.get("note") else ""
            yield from _item(f"{overlap['tool']} {overlap['id']} ({overlap['relation']}){note}")
    if text.sources:
        yield from ("", _bold("Sources", color))
        for source in text.sources:
            yield from _item(f"{source['url']} (read {source['read']}): {source['settles']}")


def _bold(text: str, color: bool) -> str:
    return f"\033[1m{text}\033[0m" if color else text


def _section(title: str, text: str, color: bool) -> Iterator[str]:
    if text:
        yield from ("", _bold(title, color))
        for paragraph in text.strip().split("\n\n"):
            yield from textwrap.wrap(" ".join(paragraph.split()), WIDTH, break_long_words=False, break_on_hyphens=False)


def _item(text: str) -> Iterator[str]:
    yield from textwrap.wrap(
        text, WIDTH, initial_indent="- ", subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
    )
