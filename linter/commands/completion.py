"""`aiplint completion SHELL`: a completion script made from the command line's own definition."""

from __future__ import annotations

import argparse
import sys

from linter.cli import build_parser

_ABOUT_POLICIES = ("explain", "policies")
_IDS = "aiplint policies 2>/dev/null | cut -d' ' -f1"
"""Run by the shell when somebody asks for an id: those of the installed version."""


def run(options: argparse.Namespace) -> int:
    """Exit code 0."""
    commands = _commands(build_parser())
    scripts = {"bash": _bash, "zsh": _zsh, "fish": _fish, "powershell": _powershell}
    sys.stdout.write(scripts[options.shell](commands))
    return 0


def _commands(parser: argparse.ArgumentParser) -> dict[str, dict[str, list[str]]]:
    """Command → option → the words it takes (none: any)."""
    found: dict[str, dict[str, list[str]]] = {}
    for action in parser._actions:  # argparse has no public way to list what was added
        if isinstance(action, argparse._SubParsersAction):
            for name, command in action.choices.items():
                found[name] = {
                    flag: [str(choice) for choice in option.choices or ()]
                    for option in command._actions
                    for flag in option.option_strings
                }
                for option in command._actions:
                    if not option.option_strings and option.choices:
                        found[name][""] = [str(choice) for choice in option.choices]
    return found


def _bash(commands: dict[str, dict[str, list[str]]]) -> str:
    cases = []
    for name, options in commands.items():
        for flag, words in options.items():
            if words and flag:
                cases.append(f'    "{name} {flag}") words="{" ".join(words)}" ;;')
        taking = "|".join(f'"{name} {flag}"' for flag in ("--select", "--ignore") if flag in options)
        if taking:
            cases.append(f"    {taking}) words=$({_IDS}) ;;")
        if name in _ABOUT_POLICIES:
            cases.append(f'    "{name} {name}") words=$({_IDS}) ;;')
    lists, others = [], []
    for name, options in commands.items():
        lists.append(f'    {name}) words="{" ".join(flag for flag in options if flag)}" ;;')
        if options.get(""):
            others.append(f'    {name}) words="{" ".join(options[""])}" ;;')
    return (
        "# bash completion of aiplint: source it, or save it as /etc/bash_completion.d/aiplint\n"
        "_aiplint() {\n"
        '  local word="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}"\n'
        '  local command="${COMP_WORDS[1]}" words=""\n'
        f'  if [ "$COMP_CWORD" -eq 1 ]; then words="{" ".join(commands)} --version --help"\n'
        '  elif [ "${word:0:1}" = "-" ]; then\n'
        '  case "$command" in\n' + "\n".join(lists) + "\n  esac\n"
        "  else\n"
        '  case "$command" in\n' + "\n".join(others) + "\n  esac\n"
        '  case "$command $before" in\n' + "\n".join(cases) + "\n  esac\n"
        "  fi\n"
        '  COMPREPLY=($(compgen -W "$words" -- "$word"))\n'
        "}\n"
        "complete -o default -F _aiplint aiplint\n"
    )


def _zsh(commands: dict[str, dict[str, list[str]]]) -> str:
    return "#compdef aiplint\nautoload -U +X bashcompinit && bashcompinit\n" + _bash(commands)


def _fish(commands: dict[str, dict[str, list[str]]]) -> str:
    lines = ["# fish completion of aiplint: save it as ~/.config/fish/completions/aiplint.fish"]
    for name, options in commands.items():
        lines.append(f"complete -c aiplint -n __fish_use_subcommand -f -a {name}")
        inside = f"complete -c aiplint -n '__fish_seen_subcommand_from {name}'"
        for flag, words in options.items():
            kind = f"-l {flag[2:]}" if flag.startswith("--") else f"-s {flag[1:]}"
            takes = f" -x -a '{' '.join(words)}'" if words else ""
            lines.append(f"{inside} {kind}{takes}" if flag else f"{inside} -f -a '{' '.join(words)}'")
        if name in _ABOUT_POLICIES:
            lines.append(f'{inside} -f -a "({_IDS})"')
    return "\n".join(lines) + "\n"


def _powershell(commands: dict[str, dict[str, list[str]]]) -> str:
    tables = []
    for name, options in commands.items():
        flags = ", ".join(f"'{word}'" for word in [flag for flag in options if flag] + options.get("", []))
        tables.append(f"    '{name}' = @({flags})")
    return (
        "# PowerShell completion of aiplint: add it to $PROFILE\n"
        "Register-ArgumentCompleter -Native -CommandName aiplint -ScriptBlock {\n"
        "  param($word, $ast, $position)\n"
        "  $commands = @{\n" + "\n".join(tables) + "\n  }\n"
        "  $given = @($ast.CommandElements | ForEach-Object { $_.ToString() })\n"
        "  $known = $given.Count -gt 1 -and $commands.ContainsKey($given[1])\n"
        "  $words = if ($known) { $commands[$given[1]] } else { $commands.Keys }\n"
        '  $words | Where-Object { $_ -like "$word*" } | Sort-Object | ForEach-Object { '
        "[System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }\n"
        "}\n"
    )
