"""How the relay is talked to: encrypted, signed in, and rather not at all than readable to everybody."""

import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
import trustme

from clientela.mail.relay import NotTakenError, SmtpRelay
from clientela.settings import Settings
from tests.mail.relay import Access, Relay, relay
from tests.mail.sending import sender, with_relay
from tests.worlds import World

pytestmark = [
    # The library's server has no option for "encrypted from the first byte", and warns that it does not see to it.
    pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS"),
    # It sets its own deprecated attribute.
    pytest.mark.filterwarnings("ignore:Session.login_data is deprecated"),
]

PASSWORD = "correct horse"
SIGNED_IN = {"smtp_username": "clientela", "smtp_password": PASSWORD}


@pytest.fixture
def tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A relay's certificate of an authority that this machine trusts."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


@pytest_asyncio.fixture(params=["starttls", "tls"])
async def guarded(
    request: pytest.FixtureRequest, tls: ssl.SSLContext
) -> AsyncIterator[tuple[Relay, dict[str, object]]]:
    """A relay that asks for encryption and a password, and the settings that fit."""
    access = Access(tls, from_the_start=request.param == "tls", password=PASSWORD)
    async with relay(access) as it:
        yield it, {"smtp_security": request.param, **SIGNED_IN}


async def test_mail_goes_encrypted_and_signed_in(world: World, guarded: tuple[Relay, dict[str, object]]):
    smtp, settings_of_it = guarded
    async with world.copy() as settings, sender(settings, smtp.port, **settings_of_it) as it:
        await it.queue()
        await it.deliver()
        assert len(smtp.taken) == 1
        assert await it.rows("id") == []


async def test_a_wrong_password_is_the_operators_to_mend_and_costs_no_mail(
    world: World, guarded: tuple[Relay, dict[str, object]]
):
    smtp, settings_of_it = guarded
    wrong = {**settings_of_it, "smtp_password": "battery staple"}
    async with world.copy() as settings, sender(settings, smtp.port, **wrong) as it:
        await it.queue()
        await it.deliver()
        ((error,),) = await it.rows("last_error")
        assert error.startswith("535 ")
        assert not await it.is_dead()


async def test_a_certificate_of_nobody_we_trust_is_no_relay_of_ours(
    guarded: tuple[Relay, dict[str, object]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, bare: Settings
):
    other = trustme.CA()
    other.cert_pem.write_to_path(str(tmp_path / "other.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "other.pem"))
    smtp, settings_of_it = guarded
    with pytest.raises(NotTakenError, match="certificate verify failed"):
        await SmtpRelay(with_relay(bare, smtp.port, **settings_of_it)).check()


async def test_a_relay_that_cannot_encrypt_gets_nothing(smtp: Relay, bare: Settings):
    """An attacker in between takes STARTTLS out of the relay's answer; then nothing may be sent in the clear."""
    with pytest.raises(NotTakenError, match="STARTTLS"):
        await SmtpRelay(with_relay(bare, smtp.port, smtp_security="starttls")).check()


@pytest.fixture
def bare(tmp_path: Path) -> Settings:
    """Settings without a relay."""
    return Settings(_env_file=None, development=True, data_dir=tmp_path)  # type: ignore[call-arg]
