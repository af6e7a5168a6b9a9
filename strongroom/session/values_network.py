"""Network addresses as parameters: the classes of the standard library."""

from __future__ import annotations

from ipaddress import (
    IPv4Address,
    IPv4Interface,
    IPv4Network,
    IPv6Address,
    IPv6Interface,
    IPv6Network,
)
from typing import Any, TypeAlias

from strongroom.session.values_text import encoded_text

IPAddress: TypeAlias = IPv4Address | IPv6Address
"""A value of inet; one with fewer bits than an address has is an `IPv4Interface` (a subclass)."""

IPNetwork: TypeAlias = IPv4Network | IPv6Network
"""A value of cidr."""

_ADDRESSES = (IPv4Address, IPv6Address, IPv4Interface, IPv6Interface)
_NETWORKS = (IPv4Network, IPv6Network)


def dump_inet(value: Any) -> bytes:
    """An address, with or without the bits of its network; also its text."""
    if isinstance(value, _ADDRESSES):
        return str(value).encode()
    if isinstance(value, str):
        return encoded_text(value)
    raise TypeError("an address of the module ipaddress is expected")


def dump_cidr(value: Any) -> bytes:
    """A network; also its text."""
    if isinstance(value, _NETWORKS):
        return str(value).encode()
    if isinstance(value, str):
        return encoded_text(value)
    raise TypeError("a network of the module ipaddress is expected")
