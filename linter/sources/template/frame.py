"""What an expression sees around it. Each front end subclasses `Frame`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.model import Unresolved, Value
from linter.sources.template.places import ANYWHERE, Place
from linter.sources.template.values import Budget, EvaluationError, render_call

if TYPE_CHECKING:
    from linter.sources.template.scope import Scope


class Frame:
    """The surroundings of an evaluation.

    `scope`: where the deployment goes. `locals`: lambda variables by name in lower case. `place`: where the expression
    stands, which decides on what may be called (see `places`). `budget` is shared by all frames of one run.
    """

    __slots__ = ("budget", "locals", "place", "scope")

    def __init__(self, scope: Scope, budget: Budget | None = None, place: Place = ANYWHERE) -> None:
        self.scope = scope
        self.budget = budget if budget is not None else Budget()
        self.place = place
        self.locals: dict[str, Value] = {}

    def parameter(self, name: str) -> Value:
        """The value of a parameter (or of a user function's argument)."""
        raise EvaluationError(f"The template parameter '{name}' is not found.")

    def variable(self, name: str) -> Value:
        """The value of a variable."""
        raise EvaluationError(f"The template variable '{name}' is not found.")

    def copy_index(self, loop: str | None, offset: int) -> Value:  # noqa: ARG002 - what subclasses take
        """The index in a copy loop, plus `offset`; `loop` None means the resource's own loop."""
        raise EvaluationError(
            "The template function 'copyIndex' is not expected at this location. "
            "The function can only be used in a resource with copy specified."
        )

    def call_user(self, namespace: str, name: str, args: list[Value]) -> Value:  # noqa: ARG002 - what subclasses take
        """A user function."""
        raise EvaluationError(f"The template function '{namespace}.{name}' is not valid.")

    def runtime(self, name: str, args: list[Value]) -> Value:
        """A function that only the deployment can answer (`reference`, `list*`, `newGuid` …); `name` as written."""
        return Unresolved(render_call(name, args), "runtime")

    def deployment(self) -> Value:
        """`deployment()`: an object."""
        return {"name": "main", "properties": {"template": {"contentVersion": "1.0.0.0"}}}
