"""What settings say about invitations, as commands take it."""

from datetime import timedelta

from clientela.settings import Settings
from resolvers.invitations import Invitations, Invited


def make_invitations(settings: Settings, secret: str) -> Invitations:
    """How this deployment invites.

    Args:
        settings: Its pages, former keys and the time that an invitation stays open.
        secret: The key that makes links now.
    """
    keys = [secret, *(key.get_secret_value() for key in settings.former_secret_keys)]
    pages = {
        Invited.CUSTOMER: _address(settings, settings.customer_page),
        Invited.RESELLER: _address(settings, settings.reseller_page),
    }
    days = settings.invitation_days
    return Invitations(keys, pages, timedelta(days=days) if days else None)


def _address(settings: Settings, page: str) -> str:
    return f"{settings.base_url}{page}" if page.startswith("/") else page
