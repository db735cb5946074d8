"""A finding's words twice: as a template with arguments, which Azure DevOps and VS Code prefer, and as equal text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from linter.reports.fold import Finding
from linter.reports.plain import MAX_NAME, visible

MAX_TEMPLATES = 20
"""Templates of one rule. What is worded in more ways is one argument as a whole."""
MAX_LINKS = 3
NAMED = 60
"""So much of its name tells that a message names the resource: messages cut names that are expressions."""
_QUOTED = re.compile(r"'([^'{}]{1,200})'")


@dataclass(slots=True)
class Templates:
    """The message templates of one rule by text, each with its id."""

    ids: dict[str, str] = field(default_factory=dict)

    def message(self, finding: Finding) -> dict[str, Any]:
        """The `message` of a result. Its first sentence names resource and fact: GitHub makes it the title."""
        template, arguments = _sentence(finding)
        if template not in self.ids and len(self.ids) >= MAX_TEMPLATES - 4:
            template, arguments = "'{0}'.", [_words(finding)]
        rest = _rest(finding, len(arguments))
        template += rest[0]
        arguments += rest[1]
        if template not in self.ids and len(self.ids) >= MAX_TEMPLATES:
            template, arguments = "'{0}'.", [_words(finding)]
        name = self.ids.setdefault(template, f"finding{len(self.ids) + 1 if self.ids else ''}")
        return {"text": formatted(template, arguments), "id": name, "arguments": arguments}

    def strings(self) -> dict[str, dict[str, str]]:
        """The rule's `messageStrings`."""
        return {name: {"text": template} for template, name in self.ids.items()}


def formatted(template: str, arguments: list[str]) -> str:
    """The text that a reader of SARIF makes of a template: `{n}` filled in, doubled braces single."""

    def fill(found: re.Match[str]) -> str:
        return found[0][0] if found[1] is None else arguments[int(found[1])]

    return re.sub(r"\{\{|\}\}|\{(\d+)\}", fill, template)


def unlinked(text: str) -> str:
    """No `[text](target)`: a reader would make it a link."""
    return text.replace("](", "] (")


def _words(finding: Finding) -> str:
    row = finding.first
    name = visible(row.resource_name, MAX_NAME) or "the deployment"
    text = visible(row.message).rstrip(". ") or "judged"
    if row.verdict == "pass" and not row.message:
        text = "holds"
    return unlinked(text if name[:NAMED] in text else f"{name}: {text}")


def _sentence(finding: Finding) -> tuple[str, list[str]]:
    """What is quoted in the message, and the resource's name wherever it stands as a word, become arguments."""
    name = unlinked(visible(finding.first.resource_name, MAX_NAME) or "the deployment")
    words = _words(finding)
    arguments: list[str] = []
    template = ""
    at = 0
    for found in _QUOTED.finditer(words):
        template += _named(words[at : found.start()], name, arguments) + f"'{{{len(arguments)}}}'"
        arguments.append(found[1])
        at = found.end()
    template += _named(words[at:], name, arguments)
    return (template + ".", arguments) if arguments else ("'{0}'.", [words])


def _named(text: str, name: str, arguments: list[str]) -> str:
    """Text as part of a template, with a placeholder for each time the name stands in it as a word of its own."""
    parts = text.split(name)
    template = _literal(parts[0])
    before = parts[0]
    for part in parts[1:]:
        if _in_word(before[-1:]) or _in_word(part[:1]):
            template += _literal(name)
        else:
            template += f"'{{{len(arguments)}}}'"
            arguments.append(name)
        template += _literal(part)
        before = part
    return template


def _in_word(character: str) -> bool:
    return character.isalnum() or character in ("_", "-", "'")


def _literal(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _rest(finding: Finding, at: int) -> tuple[str, list[str]]:
    template, arguments = "", []
    if len(finding.rows) > 1:
        names = finding.names
        more = f" and {len(names) - 5} more" if len(names) > 5 else ""
        told = unlinked(", ".join(visible(name, 80) for name in names[:5]) + more)
        template += f" It has '{{{at}}}' instances: '{{{at + 1}}}'."
        arguments += [str(len(finding.rows)), told]
    for number, (label, _) in enumerate(finding.linked, 1):
        if number > MAX_LINKS:
            break
        text = visible(label, 120).replace("[", "(").replace("]", ")").rstrip(". ") or "the place"
        template += f" See ['{{{at + len(arguments)}}}']({number})."
        arguments.append(text)
    return template, arguments
