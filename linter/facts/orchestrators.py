"""How an orchestrator of model calls is known: by the words in its image or name.

The words are a convention of this catalogue and have no source: the names of the frameworks that the guidance names
(prompt flow, LangChain, Semantic Kernel) and of their siblings. The configuration (`roles.orchestration`) replaces
them.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any, Final

PATTERNS: Final = (
    "*langchain*",
    "*langgraph*",
    "*langserve*",
    "*langflow*",
    "*flowise*",
    "*semantic-kernel*",
    "*semantickernel*",
    "*promptflow*",
    "*prompt-flow*",
    "*autogen",
    "*autogen[-_/:.]*",
    "*crewai*",
    "*llamaindex*",
    "*llama-index*",
    "*haystack*",
    "dify",
    "dify[-_:]*",
    "*[-_/.]dify",
    "*[-_/.]dify[-_:]*",
)
SELF_BUILT: Final = tuple(pattern for pattern in PATTERNS if "prompt" not in pattern)


def orchestrator(text: Any, patterns: tuple[str, ...] | list[str] = PATTERNS) -> bool:
    """Does an image reference or a name look like an orchestrator's?"""
    return isinstance(text, str) and any(fnmatchcase(text.lower(), str(pattern).lower()) for pattern in patterns)
