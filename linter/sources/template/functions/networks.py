"""`parseCidr`, `cidrSubnet`, `cidrHost`."""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING, Final, TypeAlias

from linter.model import Value
from linter.sources.template.functions.arguments import integer32, text
from linter.sources.template.functions.signature import Function
from linter.sources.template.values import EvaluationError

if TYPE_CHECKING:
    from linter.sources.template.frame import Frame

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network


def _parse(value: str) -> Network:
    """A network, as the IPNetwork2 package reads it: stray characters are dropped, the size may be left out."""
    fault = EvaluationError(f"The specified CIDR '{value[:100]}' is not valid.")
    if len(value) > 200:
        raise fault
    parts = re.sub(r"[^0-9a-fA-F./\s:]+", "", value).replace("/", " ").split()
    if not parts:
        raise fault
    six = ":" in parts[0]
    address = parts[0] if six else _address4(parts[0])
    try:
        if six:
            return ipaddress.IPv6Network((address, _size(parts[1]) if len(parts) > 1 else 64), strict=False)
        made = ipaddress.IPv4Address(address or "")
        size = _size(parts[1]) if len(parts) > 1 else _class(int(made) >> 24)
        return ipaddress.IPv4Network((int(made), size), strict=False)
    except ValueError:
        raise fault from None


def _address4(value: str) -> str | None:
    """One to four numbers, octal with a leading zero, the last filling what is left: `10.1` is 10.0.0.1."""
    parts = value.split(".")
    if not re.fullmatch(r"[0-9]{1,12}(?:\.[0-9]{1,12}){0,3}", value):
        return None
    try:
        numbers = [int(part, 8 if len(part) > 1 and part[0] == "0" else 10) for part in parts]
    except ValueError:
        return None
    *head, last = numbers
    if any(number > 255 for number in head) or last >= 256 ** (4 - len(head)):
        return None
    total = sum(number << 8 * (3 - at) for at, number in enumerate(head)) + last
    return str(ipaddress.IPv4Address(total))


def _size(value: str) -> int:
    """Bits of a network: a number, or a mask."""
    if re.fullmatch(r"[0-9]{1,4}", value):
        return int(value)
    mask = int(ipaddress.IPv4Address(value))
    return ipaddress.IPv4Network((0, str(ipaddress.IPv4Address(mask)))).prefixlen


def _class(first: int) -> int:
    """The size of a network without one: by the classes of old, 192.x is /24."""
    if first >= 224:
        raise ValueError(first)
    return 8 if first < 128 else 16 if first < 192 else 24


def _show(network: Network, number: int) -> str:
    """An address as .NET writes it: IPv4 inside IPv6 with dots."""
    if network.version == 4:
        return str(ipaddress.IPv4Address(number))
    shown = str(ipaddress.IPv6Address(number))
    head, low = number >> 32, number & 0xFFFFFFFF
    if head in (0xFFFF, 0xFFFF << 16, 0x5EFE) or (head == 0 and low >> 16):
        prefix = (
            "::" if head == 0 else "::ffff:" if head == 0xFFFF else "::ffff:0:" if head == 0xFFFF << 16 else "::5efe:"
        )
        return prefix + str(ipaddress.IPv4Address(low))
    return shown


def _parse_cidr(args: list[Value], _frame: Frame) -> Value:
    network = _parse(text(args, 0, "parseCidr"))
    first, last = int(network.network_address), int(network.broadcast_address)
    made: dict[str, Value] = {"network": _show(network, first), "netmask": str(network.netmask)}
    if network.version == 4:
        made["broadcast"] = _show(network, last)
        first, last = (first + 1, last - 1) if network.prefixlen < 31 else (first, first)
    made["firstUsable"] = _show(network, first)
    made["lastUsable"] = _show(network, last)
    made["cidr"] = network.prefixlen
    return made


def _cidr_subnet(args: list[Value], _frame: Frame) -> Value:
    given = text(args, 0, "cidrSubnet")
    size, index = integer32(args, 1, "cidrSubnet"), integer32(args, 2, "cidrSubnet")
    network = _parse(given)
    if not network.prefixlen <= size <= network.max_prefixlen:
        raise EvaluationError(f"Could not generate subnet for network '{network}' and CIDR value '{size}'.")
    count = 1 << size - network.prefixlen
    if not 0 <= index < count:
        raise EvaluationError(f"The specified subnetIndex '{index}' is not a valid index of the subnet size '{count}'.")
    start = int(network.network_address) + (index << network.max_prefixlen - size)
    return f"{_show(network, start)}/{size}"


def _cidr_host(args: list[Value], _frame: Frame) -> Value:
    given, index = text(args, 0, "cidrHost"), integer32(args, 1, "cidrHost")
    network = _parse(given)
    host = int(network.network_address) + 1 + index
    if index < 0 or host >= int(network.broadcast_address):
        raise EvaluationError(f"Could not calculate the CidrHost for network '{network}' and CIDR value '{index}'.")
    return _show(network, host)


NETWORKS: Final = (
    Function("parseCidr", 1, 1, _parse_cidr),
    Function("cidrSubnet", 3, 3, _cidr_subnet),
    Function("cidrHost", 2, 2, _cidr_host),
)
