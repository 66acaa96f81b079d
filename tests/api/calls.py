"""What a command is called with when no request calls it."""

from resolvers.invitations import Invitations

NOBODY_INVITED = Invitations(["k" * 40], {}, None)
"""No page is behind any link."""
