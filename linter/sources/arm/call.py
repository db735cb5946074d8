"""Calls in ARM expressions, compiled to closures: what the syntax knows by name, user functions, the shared table."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from operator import methodcaller
from typing import Final, TypeAlias

from linter.model import Unresolved, Value
from linter.sources.arm.tree import Call, Literal, Node, Run, source
from linter.sources.template.frame import Frame
from linter.sources.template.functions.lambdas import plain
from linter.sources.template.functions.runtime import RUNTIME, check_place, is_list
from linter.sources.template.functions.signature import Function
from linter.sources.template.functions.table import FUNCTIONS, invoke
from linter.sources.template.values import INT64_MOST, EvaluationError, Lambda, LimitError, render, type_name

Compile: TypeAlias = Callable[[Call], Run]


def compile_call(node: Call) -> Run:
    """The closure of a call; its arguments are compiled already."""
    name, args = node.name, node.args
    low = name.lower()
    special = _SPECIAL.get(low)
    if special is not None:
        return special(node)
    if "." in name:
        return _user_call(name, args)
    runs = tuple(arg.run for arg in args)
    function = FUNCTIONS.get(low)
    if function is not None:
        return _table_call(function, name, runs)
    if low in RUNTIME or is_list(low):
        return _runtime_call(name, low, runs)
    return _refuse(f"The template function '{name}' is not valid.")


def _table_call(function: Function, name: str, runs: tuple[Run, ...]) -> Run:
    """Short calls have closures of their own: a level less on the stack, and faster."""
    if len(runs) == 1:
        (only,) = runs
        return lambda frame: invoke(function, name, [only(frame)], frame)
    if len(runs) == 2:
        first, second = runs
        return lambda frame: invoke(function, name, [first(frame), second(frame)], frame)
    return lambda frame: invoke(function, name, [run(frame) for run in runs], frame)


def _refuse(message: str) -> Run:
    def run(_frame: Frame) -> Value:
        raise EvaluationError(message)

    return run


def _user_call(name: str, args: tuple[Node, ...]) -> Run:
    namespace, _, member = name.rpartition(".")
    runs = tuple(arg.run for arg in args)

    def run(frame: Frame) -> Value:
        frame.budget.enter()
        try:
            return frame.call_user(namespace, member, [plain(argument(frame)) for argument in runs])
        finally:
            frame.budget.leave()

    return run


def _runtime_call(name: str, low: str, runs: tuple[Run, ...]) -> Run:
    def run(frame: Frame) -> Value:
        check_place(name, frame)
        args = [plain(argument(frame)) for argument in runs]
        frame.budget.spend(1 + len(args))
        known = RUNTIME.get(low)
        if known is not None:
            known.check(args)
            if not args:
                return frame.runtime(known.name, args)
        return frame.runtime(name, args)

    return run


def _named(node: Call, least: int = 1, most: int = 1) -> Run | None:
    """A closure that refuses, where the count of arguments is wrong."""
    count = len(node.args)
    if least <= count <= most:
        return None
    wanted = str(least) if least == most else f"{least} to {most}"
    return _refuse(
        f"Unable to evaluate template language function '{node.name}': function requires {wanted} argument(s) "
        f"while {count} were provided."
    )


def _string_argument(name: str, value: Value) -> str:
    if isinstance(value, str):
        return value
    raise EvaluationError(
        f"The template language function '{name}' expects its parameter to be of type 'String'. "
        f"The provided value is of type '{type_name(value)}'."
    )


def _symbol(node: Call, method: str) -> Run:
    """`parameters(name)` or `variables(name)`: asks the frame's method of that name."""
    refused = _named(node)
    if refused is not None:
        return refused
    argument = node.args[0]
    if isinstance(argument, Literal) and isinstance(argument.value, str):
        return methodcaller(method, argument.value)
    run = argument.run

    def look_up(frame: Frame) -> Value:
        value = run(frame)
        if isinstance(value, Unresolved):
            return Unresolved(f"{node.name}({value.expression})", value.reason)
        return methodcaller(method, _string_argument(node.name, value))(frame)

    return look_up


def _copy_index(node: Call) -> Run:
    refused = _named(node, 0, 2)
    if refused is not None:
        return refused
    runs = [argument.run for argument in node.args]

    def run(frame: Frame) -> Value:
        args = [argument(frame) for argument in runs]
        for value in args:
            if isinstance(value, Unresolved):
                return Unresolved(f"{node.name}({', '.join(map(render, args))})", value.reason)
        loop = args.pop(0) if args and isinstance(args[0], str) else None
        offset = args.pop(0) if args else 0
        if args or isinstance(offset, bool) or not isinstance(offset, int):
            raise EvaluationError(
                f"Unable to evaluate template language function '{node.name}': the first parameter should be the name "
                "of a loop and the second one an integer; each may be left out."
            )
        if not 0 <= offset <= INT64_MOST:
            raise EvaluationError(
                f"The template language function '{node.name}' has an invalid argument. "
                "The offset must be a positive integer value or zero."
            )
        return frame.copy_index(loop or None, offset)

    return run


def _lambda_variables(node: Call) -> Run:
    refused = _named(node)
    if refused is not None:
        return refused
    run = node.args[0].run
    text = source(node)

    def look_up(frame: Frame) -> Value:
        name = run(frame)
        if not frame.locals:
            raise EvaluationError(f"The template function '{node.name}' is not valid.")
        value = frame.locals.get(name.lower(), frame) if isinstance(name, str) else frame
        if value is frame:
            raise EvaluationError(f"The lambda variable in '{text}' is not found.")
        return value

    return look_up


def _lambda(node: Call) -> Run:
    if not node.args:
        return _refuse(f"The template function '{node.name}' needs an expression.")
    names: list[str] = []
    for argument in node.args[:-1]:
        if not isinstance(argument, Literal) or not isinstance(argument.value, str):
            return _refuse(f"The variables of '{node.name}' must be given as text.")
        names.append(argument.value.lower())
    body = node.args[-1]

    def run(frame: Frame) -> Value:
        outer = frame.locals

        def call(values: list[Value]) -> Value:
            before = frame.locals
            frame.locals = {**outer, **dict(zip(names, values, strict=False))}
            frame.budget.enter()
            try:
                return body.run(frame)
            finally:
                frame.budget.leave()
                frame.locals = before

        return Lambda(len(names), call, lambda: partly(node, frame))

    return run


def partly(node: Node, frame: Frame) -> str:
    """An operand that is not evaluated, as text: source, with parameters, variables and loop indexes put in."""
    if isinstance(node, Literal):
        return source(node)
    if isinstance(node, Call):
        if node.name.lower() in _PUT_IN:
            try:
                return render(node.run(frame))
            except EvaluationError:
                return source(node)
        return f"{node.name}({', '.join([partly(argument, frame) for argument in node.args])})"
    text = partly(node.base, frame)
    return text + source(node)[len(source(node.base)) :]


_PUT_IN: Final = frozenset({"parameters", "variables", "copyindex"})


def _if(node: Call) -> Run:
    refused = _named(node, 3, 3)
    if refused is not None:
        return refused
    test, first, second = (argument.run for argument in node.args)

    def run(frame: Frame) -> Value:
        value = test(frame)
        if value is True:
            return first(frame)
        if value is False:
            return second(frame)
        if isinstance(value, Unresolved):
            return _open(node, [value], frame)
        raise EvaluationError(
            f"The template language function '{node.name}' expects its first parameter to be of type 'Boolean'. "
            f"The provided value is of type '{type_name(value)}'."
        )

    return run


def _open(node: Call, values: list[Value], frame: Frame) -> Unresolved:
    """The whole call as an expression: operands that were evaluated, then the rest as it is written."""
    rest = [partly(argument, frame) for argument in node.args[len(values) :]]
    text = f"{node.name}({', '.join([*map(render, values), *rest])})"
    frame.budget.make_text(len(text))
    return Unresolved(text, values[-1].reason)


def _junction(ending: bool) -> Compile:
    def compile_junction(node: Call) -> Run:
        refused = _named(node, 2, 1_000_000)
        if refused is not None:
            return refused
        runs = [argument.run for argument in node.args]

        def run(frame: Frame) -> Value:
            values: list[Value] = []
            for operand in runs:
                value = operand(frame)
                values.append(value)
                if isinstance(value, Unresolved):
                    if value.reason == "parameter" and _ends(runs[len(values) :], ending, frame):
                        return ending
                    return _open(node, values, frame)
                if not isinstance(value, bool):
                    raise EvaluationError(
                        f"The template language function '{node.name}' takes booleans only; "
                        f"one of its arguments is of type '{type_name(value)}'."
                    )
                if value is ending:
                    return ending
            return not ending

        return run

    return compile_junction


def _ends(runs: list[Run], ending: bool, frame: Frame) -> bool:
    """Whether a later operand decides a junction, whatever value a parameter will be given."""
    for operand in runs:
        try:
            if operand(frame) is ending:
                return True
        except LimitError:
            raise
        except EvaluationError:
            continue  # it may never be asked
    return False


def _coalesce(node: Call) -> Run:
    runs = [argument.run for argument in node.args]

    def run(frame: Frame) -> Value:
        values: list[Value] = []
        for operand in runs:
            value = operand(frame)
            values.append(value)
            if isinstance(value, Unresolved):
                return _open(node, values, frame)
            if value is not None:
                return value
        return None

    return run


def _constant(value: Value) -> Compile:
    def compile_constant(node: Call) -> Run:
        return _named(node, 0, 0) or (lambda _frame: value)

    return compile_constant


_SPECIAL: Final[dict[str, Compile]] = {
    "parameters": partial(_symbol, method="parameter"),
    "variables": partial(_symbol, method="variable"),
    "copyindex": _copy_index,
    "lambdavariables": _lambda_variables,
    "lambda": _lambda,
    "if": _if,
    "and": _junction(False),
    "or": _junction(True),
    "coalesce": _coalesce,
    "true": _constant(True),
    "false": _constant(False),
    "null": _constant(None),
}
