"""What expressions of an ARM template see: parameters, variables, loop indexes, user functions, the deployment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from linter.model import Unresolved, Value
from linter.sources.template.frame import Frame
from linter.sources.template.places import HEAD, Place
from linter.sources.template.values import EvaluationError, render_call

if TYPE_CHECKING:
    from linter.sources.arm.template import Template

OPEN_INDEX: Final = Unresolved("copyIndex()", "context")
"""The index of a loop whose count is not known."""


class TemplateFrame(Frame):
    """A place in a template.

    `loops`: indexes by loop name in lower case. `own`: the name of the loop that `copyIndex()` without a name means.
    `copies`: whether `copy` arrays in objects are loops here. `sees`: whether `reference()` reads what the template
    states, as the engine does in `properties` (the parameters of a nested deployment stand there too) and in outputs.
    """

    __slots__ = ("copies", "loops", "own", "sees", "template")

    def __init__(self, template: Template, place: Place, *, copies: bool = True, sees: bool = False) -> None:
        super().__init__(template.scope, template.context.budget, place)
        self.template = template
        self.loops: dict[str, int | Unresolved] = {}
        self.own: str | None = None
        self.copies = copies
        self.sees = sees

    def at(self, place: Place, *, sees: bool = False) -> TemplateFrame:
        """The same surroundings in another kind of place."""
        frame = TemplateFrame(self.template, place, copies=self.copies, sees=sees)
        frame.loops = self.loops
        frame.own = self.own
        return frame

    def in_loop(self, name: str, index: int | Unresolved, *, own: bool = False) -> TemplateFrame:
        """The same surroundings inside one turn of a loop."""
        frame = TemplateFrame(self.template, self.place, copies=self.copies, sees=self.sees)
        frame.loops = {**self.loops, name.lower(): index}
        frame.own = name.lower() if own else self.own
        frame.locals = self.locals
        return frame

    def parameter(self, name: str) -> Value:
        return self.template.parameter(name)

    def variable(self, name: str) -> Value:
        return self.template.variable(name)

    def copy_index(self, loop: str | None, offset: int) -> Value:
        if not self.loops:
            raise EvaluationError(
                "The template function 'copyIndex' is not expected at this location. "
                "The function can only be used in a resource with copy specified."
            )
        name = loop.lower() if loop else self.own
        index = None if name is None else self.loops.get(name)
        if index is None:
            raise EvaluationError(
                "The template language function 'copyIndex' has an invalid argument. "
                f"The provided copy name '{loop or ''}' doesn't exist in the resource."
            )
        if offset < 0:
            raise EvaluationError(
                "The template language function 'copyIndex' has an invalid argument. "
                "The offset must be a positive integer."
            )
        return index if isinstance(index, Unresolved) else index + offset

    def call_user(self, namespace: str, name: str, args: list[Value]) -> Value:
        return self.template.call_user(namespace, name, args)

    def runtime(self, name: str, args: list[Value]) -> Value:
        low = name.lower()
        if low == "reference" and self.sees:
            return self.template.reference(name, args)
        if low == "resourceinfo":
            return self.template.resource_info(name, args)
        return Unresolved(render_call(name, args), "runtime")

    def deployment(self) -> Value:
        return self.template.deployment()


class FunctionFrame(TemplateFrame):
    """The body of a user function: its arguments in place of parameters."""

    __slots__ = ("arguments", "called")

    def __init__(self, template: Template, called: str, arguments: dict[str, Value]) -> None:
        super().__init__(template, HEAD, copies=False)
        self.arguments = arguments
        self.called = called

    def parameter(self, name: str) -> Value:
        low = name.lower()
        if low not in self.arguments:
            raise EvaluationError(f"The parameter '{name}' is not found in template function '{self.called}'.")
        return self.arguments[low]
