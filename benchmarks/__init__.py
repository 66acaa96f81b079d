"""How fast the server is, next to its peers: run as `make bench`."""
