"""Calls: functions of the language, of the user, of other files, of namespaces and of resources."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Final, TypeAlias

from linter.model import Unresolved, Value
from linter.sources.bicep import load
from linter.sources.bicep.frames import BicepFrame, Handle, settle
from linter.sources.bicep.syntax import Access, Index, InstanceCall, Name, NestedAccess, Node, Parenthesised, Variable
from linter.sources.template.functions.runtime import RUNTIME, is_list
from linter.sources.template.functions.table import FUNCTIONS, invoke
from linter.sources.template.values import EvaluationError, render

Evaluate: TypeAlias = Callable[[Node, BicepFrame], Value]


class KeyVaultSecret(Unresolved):
    """The value of `getSecret(…)`: a secret that is handed to a secure parameter unseen."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__("getSecret()", "secret")


def call(name: str, arguments: list[Node], node: Node, frame: BicepFrame, evaluate: Evaluate) -> Value:
    """`name(arguments)`: a function of the user where there is one, else one of the language."""
    user = frame.unit.function(name)
    if user is not None:
        return call_user(user, [settle(evaluate(one, frame)) for one in arguments], frame)
    return call_language(name, arguments, node, frame, evaluate)


def call_user(user: Callable[[list[Value]], Value], args: list[Value], frame: BicepFrame) -> Value:
    """A function of the user, one level deeper."""
    frame.budget.spend(1 + len(args))
    frame.budget.enter()
    try:
        return user(args)
    finally:
        frame.budget.leave()


def call_language(name: str, arguments: list[Node], node: Node, frame: BicepFrame, evaluate: Evaluate) -> Value:
    """A function of the language."""
    special = _SPECIAL.get(name)
    if special is not None:
        return special(arguments, node, frame, evaluate)
    low = name.lower()
    function = FUNCTIONS.get(low)
    args = [settle(evaluate(one, frame)) for one in arguments]
    if function is not None:
        return invoke(function, name, args, frame)
    if low in RUNTIME or is_list(low):
        known = RUNTIME.get(low)
        if known is not None:
            known.check(args)
        frame.budget.spend(1 + len(args))
        return frame.runtime(name, args)
    raise EvaluationError(f"The function '{name}' does not exist.")


def instance_call(node: InstanceCall, frame: BicepFrame, evaluate: Evaluate) -> Value:
    """`target.name(arguments)`."""
    name = node.name.text if isinstance(node.name, Name) else ""
    target = node.target
    if isinstance(target, Variable) and target.name not in frame.names:
        unit = frame.unit
        symbol = unit.program.symbols.get(target.name)
        if symbol is None:
            if target.name == "this":
                return _this(name)
            if target.name in unit.program.namespaces:
                return call_language(name, node.arguments, node, frame, evaluate)
    base = evaluate(target, frame)
    args = [settle(evaluate(one, frame)) for one in node.arguments]
    method = getattr(base, "call", None)
    if isinstance(base, Handle) and method is not None:
        result: Value = method(name, args, frame)
        return result
    raise EvaluationError(f"There is no function '{name}' to call on this.")


def _this(name: str) -> Value:
    """`this.exists()` and `this.existingResource()`: the state of the resource before the deployment."""
    if name == "exists":
        return Unresolved("not(empty(target('full')))")
    return Unresolved("target('full')")


def _any(arguments: list[Node], _node: Node, frame: BicepFrame, evaluate: Evaluate) -> Value:
    if len(arguments) != 1:
        raise EvaluationError("The function 'any' takes one argument.")
    return evaluate(arguments[0], frame)


def _nameof(arguments: list[Node], _node: Node, frame: BicepFrame, evaluate: Evaluate) -> Value:
    node = arguments[0] if len(arguments) == 1 else None
    while isinstance(node, Parenthesised):
        node = node.inner
    if isinstance(node, Variable):
        return node.name
    if isinstance(node, Access | NestedAccess) and isinstance(node.name, Name):
        return node.name.text
    if isinstance(node, Index):
        return settle(evaluate(node.index, frame))
    raise EvaluationError("The function 'nameof' takes a symbol or a property.")


def _fail(arguments: list[Node], _node: Node, frame: BicepFrame, evaluate: Evaluate) -> Value:
    args = [settle(evaluate(one, frame)) for one in arguments]
    function = FUNCTIONS.get("fail")
    if function is not None:
        return invoke(function, "fail", args, frame)
    raise EvaluationError(f"The template fails on purpose: {args[0] if args else ''}")


def _environment_variable(arguments: list[Node], _node: Node, frame: BicepFrame, evaluate: Evaluate) -> Value:
    args = [settle(evaluate(one, frame)) for one in arguments]
    if not args or not isinstance(args[0], str):
        raise EvaluationError("The function 'readEnvironmentVariable' takes a name.")
    value = os.environ.get(args[0])
    if value is not None:
        return value
    if len(args) > 1:
        return args[1]
    raise EvaluationError(f"The environment variable '{args[0]}' is not set, and no default is given for it.")


def _get_secret(arguments: list[Node], _node: Node, frame: BicepFrame, evaluate: Evaluate) -> Value:
    for one in arguments:
        evaluate(one, frame)
    return KeyVaultSecret()


def _external_input(arguments: list[Node], node: Node, frame: BicepFrame, evaluate: Evaluate) -> Value:
    args = [settle(evaluate(one, frame)) for one in arguments]
    if not args or not isinstance(args[0], str):
        raise EvaluationError("The function 'externalInput' takes the kind of the input.")
    key = "".join(char if char.isalnum() else "_" for char in args[0])
    return Unresolved(f"externalInputs('{key}_{frame.unit.input_index(node)}')", "parameter")


def _cli_argument(arguments: list[Node], _node: Node, frame: BicepFrame, evaluate: Evaluate) -> Value:
    args = [settle(evaluate(one, frame)) for one in arguments]
    return Unresolved(f"readCliArg({', '.join(map(render, args))})", "parameter")


def _loader(run: Callable[[list[Value], Node, BicepFrame], Value]) -> Special:
    def load_it(arguments: list[Node], node: Node, frame: BicepFrame, evaluate: Evaluate) -> Value:
        return run([settle(evaluate(one, frame)) for one in arguments], node, frame)

    return load_it


Special: TypeAlias = Callable[[list[Node], Node, BicepFrame, Evaluate], Value]
_SPECIAL: Final[dict[str, Special]] = {
    "any": _any,
    "nameof": _nameof,
    "fail": _fail,
    "readEnvironmentVariable": _environment_variable,
    "getSecret": _get_secret,
    "externalInput": _external_input,
    "readCliArg": _cli_argument,
    "loadTextContent": _loader(load.text_content),
    "loadFileAsBase64": _loader(load.base64_content),
    "loadJsonContent": _loader(load.json_content),
    "loadYamlContent": _loader(load.yaml_content),
    "loadDirectoryFileInfo": _loader(load.directory_info),
}
