"""`uri`, `parseUri`, `buildUri`, `uriComponent`, as .NET's System.Uri reads and writes them."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from linter.model import Value
from linter.sources.template.functions.arguments import mapping, text
from linter.sources.template.functions.signature import Function
from linter.sources.template.functions.units import utf8
from linter.sources.template.values import EvaluationError, lookup, type_name

if TYPE_CHECKING:
    from linter.sources.template.frame import Frame

_PORTS: Final = {"http": 80, "https": 443, "ftp": 21, "ws": 80, "wss": 443, "ldap": 389, "gopher": 70, "nntp": 119}
_NO_QUERY: Final = frozenset({"ftp", "gopher", "nntp"})
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_DRIVE = re.compile(r"/[A-Za-z]:(?=/)")
_HOST = re.compile(r"[\w.~-]+\Z")
_ESCAPED = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")


class UriError(Exception):
    """Text that is no absolute URI; the message is .NET's."""


@dataclass(slots=True)
class Uri:
    """The parts of an absolute URI, escaped as .NET writes them; `query` and `fragment` with their sign."""

    scheme: str
    user: str
    host: str
    port: int | None
    path: str
    query: str
    fragment: str
    rooted: bool

    def text(self) -> str:
        """The absolute URI."""
        if not self.rooted:
            return f"{self.scheme}:{self.user and self.user + '@'}{self.host}{self.path}{self.query}{self.fragment}"
        user = f"{self.user}@" if self.user else ""
        port = f":{self.port}" if self.port is not None and self.port != _PORTS.get(self.scheme) else ""
        return f"{self.scheme}://{user}{self.host}{port}{self.path}{self.query}{self.fragment}"


def unescape(value: str) -> str:
    """Percent escapes as UTF-8, what is none of either left as it is."""
    return _ESCAPED.sub(lambda match: bytes.fromhex(match[0].replace("%", "")).decode("utf-8", "replace"), value)


def _escape(value: str, safe: str) -> str:
    """Escape what may not stand in a URI; escapes of letters and digits are taken back, others kept."""

    def kept(match: re.Match[str]) -> str:
        char = chr(int(match[0][1:], 16))
        return char if _UNRESERVED.match(char) else match[0]

    parts = re.split(r"(%[0-9A-Fa-f]{2})", value)
    made = [quote(utf8(part), safe=safe) if at % 2 == 0 else part for at, part in enumerate(parts)]
    return re.sub(r"%[0-9A-F]{2}", kept, "".join(made).replace("\0", ""), flags=re.IGNORECASE)


_PATH_SAFE: Final = "/:@!$&'()*+,;=~[]|"
_QUERY_SAFE: Final = _PATH_SAFE + "?"


def parse(value: str) -> Uri:
    """The absolute URI in a text; raises `UriError`."""
    value = value.strip(" \t\r\n")
    if not value:
        raise UriError("Invalid URI: The URI is empty.")
    if re.match(r"[A-Za-z]:[/\\]", value):
        return Uri("file", "", "", None, "/" + _escape(value.replace("\\", "/"), _PATH_SAFE), "", "", True)
    if value.startswith("//") and value[2:3] not in ("", "/"):
        host, _, path = value[2:].partition("/")
        return Uri("file", "", host.lower(), None, "/" + _escape(path, _PATH_SAFE), "", "", True)
    if value.startswith("/"):
        return Uri("file", "", "", None, _dots(_escape(value, _PATH_SAFE)), "", "", True)
    match = _SCHEME.match(value)
    if match is None:
        if re.match(r"[^/?#]*://", value):
            raise UriError("Invalid URI: The URI scheme is not valid.")
        raise UriError("Invalid URI: The format of the URI could not be determined.")
    scheme, rest = match[1].lower(), value[match.end() :]
    rest, fragment = _cut(rest, "#")
    query = ""
    if scheme not in _NO_QUERY:
        rest, query = _cut(rest, "?")
    query, fragment = _escape(query, _QUERY_SAFE), _escape(fragment, _QUERY_SAFE + "#")
    if scheme in _PORTS or scheme == "file":
        rest = rest.replace("\\", "/")
    if not rest.startswith("//"):
        return _opaque(scheme, rest, query, fragment)
    authority, slash, path = rest[2:].partition("/")
    if scheme == "file" and not authority:
        return Uri(scheme, "", "", None, _dots(_escape("/" + path, _PATH_SAFE)), query, fragment, True)
    user, host, port = _authority(authority, scheme)
    path = _escape(slash + path, _PATH_SAFE) or "/"
    return Uri(scheme, user, host, port, _dots(path), query, fragment, True)


def _opaque(scheme: str, rest: str, query: str, fragment: str) -> Uri:
    if scheme in _PORTS and scheme != "ldap":
        raise UriError("Invalid URI: The hostname could not be parsed.")
    if scheme == "mailto" and "@" in rest:
        user, _, host = rest.rpartition("@")
        return Uri(scheme, user, host, None, "", query, fragment, False)
    return Uri(scheme, "", "", None, _escape(rest, _PATH_SAFE), query, fragment, False)


def _cut(value: str, sign: str) -> tuple[str, str]:
    head, found, tail = value.partition(sign)
    return head, found + tail


def _authority(authority: str, scheme: str) -> tuple[str, str, int | None]:
    user, at, host = authority.rpartition("@")
    port: int | None = _PORTS.get(scheme)
    match = re.fullmatch(r"(\[[^\]]*\]|[^:]*)(?::(.*))?", host)
    if match is None:
        raise UriError("Invalid URI: The hostname could not be parsed.")
    host = match[1]
    if match[2]:
        if not re.fullmatch(r"[0-9]{1,9}", match[2]) or int(match[2]) > 65535:
            raise UriError("Invalid URI: Invalid port specified.")
        port = int(match[2])
    if host.startswith("["):
        try:
            host = f"[{ipaddress.IPv6Address(host[1:-1].partition('%')[0])}]"
        except ValueError:
            raise UriError("Invalid URI: The hostname could not be parsed.") from None
    elif not _HOST.match(host):
        raise UriError("Invalid URI: The hostname could not be parsed.")
    return user if at else "", host.lower(), port


def _dots(path: str) -> str:
    """A path without `.` and `..` segments."""
    drive = _DRIVE.match(path)
    if drive is not None:
        return drive[0] + _dots(path[drive.end() :])
    made: list[str] = []
    segments = path.split("/")
    for at, segment in enumerate(segments):
        last = at == len(segments) - 1
        if segment == "..":
            if len(made) > 1:
                made.pop()
            if last:
                made.append("")
        elif segment == ".":
            if last:
                made.append("")
        else:
            made.append(segment)
    return "/".join(made)


def combine(base: Uri, relative: str) -> str:
    """`relative` seen from `base`."""
    if _SCHEME.match(relative) and not relative.startswith(":"):
        try:
            return parse(relative).text()
        except UriError:
            pass
    if relative.startswith("//"):
        return parse(f"{base.scheme}:{relative}").text()
    if not relative:
        return base.text()
    if not base.rooted:
        return _combine_opaque(base, relative)
    rest, fragment = _cut(relative, "#")
    rest, query = (rest, "") if base.scheme in _NO_QUERY else _cut(rest, "?")
    if not rest:
        path = base.path
        query = query or base.query
    elif rest.startswith("/"):
        drive = _DRIVE.match(base.path) if base.scheme == "file" else None
        path = (drive[0] if drive else "") + rest
    else:
        path = base.path.rpartition("/")[0] + "/" + rest
    made = Uri(
        base.scheme, base.user, base.host, base.port, _dots(_escape(path, _PATH_SAFE)),
        query if query == base.query else _escape(query, _QUERY_SAFE), _escape(fragment, _QUERY_SAFE + "#"), True,
    )  # fmt: skip
    return made.text()


def _combine_opaque(base: Uri, relative: str) -> str:
    """`mailto:` and the like: the text is appended, dots go from what follows the first slash."""
    rest, query = _cut(relative, "?")
    rest, fragment = (rest, "") if query else _cut(rest, "#")
    head, slash, tail = rest.partition("/")
    path = _escape(base.path + head + (_dots(slash + tail) if slash else ""), _PATH_SAFE)
    query = _escape(query, _QUERY_SAFE + "#")
    return Uri(base.scheme, base.user, base.host, base.port, path, query, fragment, False).text()


def _uri(args: list[Value], frame: Frame) -> Value:
    base, relative = text(args, 0, "uri"), text(args, 1, "uri")
    frame.budget.make_text(3 * (len(base) + len(relative)))
    try:
        if not _SCHEME.match(base) or re.search(r"\s", base):
            raise UriError
        return combine(parse(base), relative)
    except UriError:
        raise EvaluationError(
            "The template language function 'uri' expects its first argument to be a uri string. "
            f"The provided value is '{base[:200]}'."
        ) from None


def _parse_uri(args: list[Value], frame: Frame) -> Value:
    value = text(args, 0, "parseUri")
    frame.budget.make_text(3 * len(value))
    try:
        uri = parse(value)
    except UriError as fault:
        raise EvaluationError(f"The specified URL '{value[:200]}' is not valid '{fault}'.") from None
    made: dict[str, Value] = {"scheme": uri.scheme, "host": uri.host}
    made["port"] = uri.port if uri.port is not None and uri.port != _PORTS.get(uri.scheme) else None
    if uri.path != "/":
        made["path"] = uri.path
    if uri.query:
        made["query"] = uri.query
    return made


def _part(given: dict[str, Value], name: str) -> str:
    value = lookup(given, name)[1]
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    raise EvaluationError(
        f"Evaluation result of language expression '{name}' is type '{type_name(value)}', expected type is 'String'."
    )


def _build_uri(args: list[Value], frame: Frame) -> Value:
    given = mapping(args, 0, "buildUri")
    scheme, host = _part(given, "scheme"), _part(given, "host")
    path, query = _part(given, "path"), _part(given, "query")
    frame.budget.make_text(3 * (len(path) + len(query)))
    for name, value in (("scheme", scheme), ("host", host)):
        if not value:
            raise EvaluationError(
                f"The input object to the 'buildUri' function is missing the required property '{name}'."
            )
    port = lookup(given, "port")[1]
    if port is not None and (isinstance(port, bool) or not isinstance(port, int)):
        raise EvaluationError(
            f"Evaluation result of language expression 'port' is type '{type_name(port)}', expected type is 'Integer'."
        )
    if port is not None and not -1 <= port <= 65535:
        raise EvaluationError("An error occured while evaluating the 'buildUri' function: the port is out of range.")
    scheme = scheme.partition(":")[0].lower()
    if ":" in host and not host.startswith("["):
        host = _bracketed(host)
    path = path if path.startswith("/") else "/" + path
    path = path.replace("?", "%3F").replace("#", "%23")
    query = query and "?" + query.removeprefix("?")
    shown = f":{port}" if port not in (None, -1) else ""
    host, _, more = host.partition("/")
    try:
        uri = parse(f"{scheme}://{host}{shown}{'/' + more if more else ''}{path}{query}")
    except UriError as fault:
        raise EvaluationError(f"An error occured while evaluating the 'buildUri' function '{fault}'.") from None
    return _display(uri)


def _bracketed(host: str) -> str:
    try:
        ipaddress.IPv6Address(host)
    except ValueError:
        raise EvaluationError(
            "An error occured while evaluating the 'buildUri' function: the hostname could not be parsed."
        ) from None
    return f"[{host}]"


def _display(uri: Uri) -> str:
    """The form of `Uri.ToString`: escapes of what reads well are taken back."""
    keep = {"%3F": "%3F", "%23": "%23", "%25": "%25", "%2F": "%2F"}

    def shown(match: re.Match[str]) -> str:
        parts = [match[0][at : at + 3] for at in range(0, len(match[0]), 3)]
        if any(part.upper() in keep for part in parts):
            return match[0]
        try:
            return bytes.fromhex(match[0].replace("%", "")).decode("utf-8")
        except UnicodeDecodeError:
            return match[0]

    return _ESCAPED.sub(shown, uri.text())


def _component(args: list[Value], frame: Frame) -> Value:
    value = text(args, 0, "uriComponent")
    frame.budget.make_text(9 * len(value))
    return quote(utf8(value), safe="-_.~")


def _component_to_string(args: list[Value], frame: Frame) -> Value:
    value = text(args, 0, "uriComponentToString")
    frame.budget.make_text(len(value))
    value = re.sub(r"%u([0-9A-Fa-f]{4})", lambda match: chr(int(match[1], 16)), value.replace("+", " "))
    return unescape(value)


URIS: Final = (
    Function("uri", 2, 2, _uri),
    Function("parseUri", 1, 1, _parse_uri),
    Function("buildUri", 1, 1, _build_uri),
    Function("uriComponent", 1, 1, _component),
    Function("uriComponentToString", 1, 1, _component_to_string),
)
