"""Clients that do not read: a connection that takes next to nothing, and whether the server still holds it."""

import socket
from urllib.parse import urlsplit

import psutil

from tests.processes.server import Server


def small_window(server: Server) -> socket.socket:
    """A connection to a server whose end here takes next to nothing that is not read."""
    found = socket.socket()
    found.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    address = urlsplit(server.url)
    found.connect((address.hostname, address.port))
    found.setblocking(False)
    return found


def held(server: Server, ports: set[int]) -> set[int]:
    """Those of our ports to which the server's process holds a connection."""
    connections = psutil.Process(server.process.pid).net_connections("tcp")
    return ports & {connection.raddr.port for connection in connections if connection.raddr}
