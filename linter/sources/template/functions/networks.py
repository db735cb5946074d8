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
    fault = EvaluationError(f"The specified CIDR '{value[:100]}' is not valid.")
    address, slash, size = value.strip().partition("/")
    address, size = address.strip(), size.strip()
    address = address.strip("[]").partition("%")[0]
    if ":" in address:
        prefix = int(size) if re.fullmatch(r"[0-9]{1,4}", size) else 64
    elif re.fullmatch(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}", address):
        parts = [int(part) for part in address.split(".")]
        if max(parts) > 255:
            raise fault
        address = ".".join(map(str, parts))
        prefix = _prefix4(size) if slash else _class(parts[0])
    else:
        raise fault
    try:
        return ipaddress.ip_network((address, prefix), strict=False)
    except ValueError:
        raise fault from None


def _prefix4(size: str) -> int:
    if re.fullmatch(r"[0-9]{1,4}", size):
        return int(size)
    if re.fullmatch(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}", size):
        return sum(int(part).bit_count() for part in size.split("."))
    return 33


def _class(first: int) -> int:
    """The size of a network without one: by the classes of old, 192.x is /24."""
    return 8 if first < 128 else 16 if first < 192 else 24


def _show(network: Network, number: int) -> str:
    kind = ipaddress.IPv4Address if network.version == 4 else ipaddress.IPv6Address
    return str(kind(number))


def _parse_cidr(args: list[Value], _frame: Frame) -> Value:
    network = _parse(text(args, 0, "parseCidr"))
    first, last = int(network.network_address), int(network.broadcast_address)
    made: dict[str, Value] = {"network": _show(network, first), "netmask": str(network.netmask)}
    if network.version == 4:
        made["broadcast"] = _show(network, last)
        if network.prefixlen < 31:
            first, last = first + 1, last - 1
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
    last = int(network.broadcast_address) - (1 if network.version == 4 or network.prefixlen > 64 else 0)
    if index < 0 or host > last:
        raise EvaluationError(f"Could not calculate the CidrHost for network '{network}' and CIDR value '{index}'.")
    return _show(network, host)


NETWORKS: Final = (
    Function("parseCidr", 1, 1, _parse_cidr),
    Function("cidrSubnet", 3, 3, _cidr_subnet),
    Function("cidrHost", 2, 2, _cidr_host),
)
