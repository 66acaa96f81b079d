"""The address that a request comes from, through proxies that are trusted and no others."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address

from starlette.types import Scope

Network = IPv4Network | IPv6Network
FORWARDED_FOR = b"x-forwarded-for"


def address_of(scope: Scope, headers: Mapping[bytes, str], trusted: Sequence[Network]) -> str:
    """The client's address; empty where the server listens on no network.

    Args:
        scope: The connection.
        headers: Of the request.
        trusted: Networks of proxies whose X-Forwarded-For is believed, from the right as far as they go.
    """
    client = scope.get("client")
    address: str = client[0] if client else ""
    if not trusted or FORWARDED_FOR not in headers:
        return address
    for hop in reversed(headers[FORWARDED_FOR].split(",")):
        if not _is_among(address, tuple(trusted)):
            break
        address = hop.strip()
    return address


@lru_cache(maxsize=1024)
def _is_among(address: str, networks: tuple[Network, ...]) -> bool:
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return any(found in network for network in networks)
