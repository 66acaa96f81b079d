"""Every password, token and link that a server hands out is told to who asked for it, and found nowhere else (R1).

One server process with its log at the most talkative, traces, and a relay that takes no mail, so that mail stays in
the outbox. What it answered, wrote and stored is searched once it has ended.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from sqlalchemy.engine import make_url

from clientela.settings import Settings
from tests.api import relationship_requests as requests
from tests.api.customers import form
from tests.api.keyed import CREATE
from tests.api.partnerships import DECLINE, LOOK, PROVIDER, REQUEST, SEND
from tests.mail.relay import relay
from tests.processes.collector import collecting
from tests.processes.server import Server, settings_of, started
from tests.worlds import World

AGENT = "admin-agent@litware"
RESELLER = "global-admin@northwind"
PEOPLE = (AGENT, "global-admin@litware", "helpdesk-agent@contoso", "admin-agent@adatum", PROVIDER, RESELLER)
SECRET_KEY, SMTP_PASSWORD = uuid4().hex * 2, uuid4().hex
EXPORT = "mutation { customerExport(input: {}) { export { url } userErrors { code } } }"
MADE = """mutation ($input: RelationshipRequestCreateInput!) {
  relationshipRequestCreate(input: $input) { relationshipRequest { id link } userErrors { code } }
}"""
SENT = """mutation ($input: RelationshipRequestSendInput!) {
  relationshipRequestSend(input: $input) { relationshipRequest { id status } userErrors { code } }
}"""
ACTIVITY = """{ customers(first: 5) { nodes {
  domain activity(first: 50) { nodes { operation changes { field newValue } } }
} } }"""


@dataclass
class Run:
    """What a server said and left behind.

    Attributes:
        asked: The body of every request, in order.
        answers: Every answer, head and body, likewise.
        givers: By secret, the answers that hand it out.
        kinds: By secret, what it is.
        left: By place, what was found there after its end.
    """

    asked: list[bytes] = field(default_factory=list)
    answers: list[bytes] = field(default_factory=list)
    givers: dict[str, set[int]] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    left: dict[str, bytes] = field(default_factory=dict)

    async def hear(self, response: httpx.Response) -> None:
        """Keeps an answer."""
        await response.aread()
        self.asked.append(response.request.content)
        head = "\n".join(f"{name}: {value}" for name, value in response.headers.items())
        self.answers.append(head.encode() + b"\n\n" + response.content)

    def handed_out(self, kind: str, secret: str) -> None:
        """Notes a secret that the last answer was to tell."""
        assert len(secret) >= 16, secret
        assert secret.encode() in self.answers[-1]
        self.givers.setdefault(secret, set()).add(len(self.answers) - 1)
        self.kinds[secret] = kind

    def finds(self) -> Iterator[str]:
        """Where a secret stands that is not to stand there."""
        for secret, kind in self.kinds.items():
            for place, content in self.left.items():
                if secret.encode() in content:
                    yield f"{kind} in {place}"
            for number, answer in enumerate(self.answers):
                # Whoever sends a link's token in the wrong place may be shown what was wrong.
                told = secret.encode() in self.asked[number] or number in self.givers.get(secret, ())
                if secret.encode() in answer and not told:
                    yield f"{kind} in answer {number}: {answer[:400]!r}"


async def sign_in(run: Run, server: Server, person: str) -> None:
    run.handed_out("bearer token", (await server.token(person)).rpartition(".")[2])


async def send(server: Server, person: str, document: str, key: str | None = None, **variables: Any) -> Any:
    headers = {"Authorization": f"Bearer {await server.token(person)}"} | ({"Idempotency-Key": key} if key else {})
    answer = await server.http.post("/graphql", json={"query": document, "variables": variables}, headers=headers)
    return answer.json().get("data")


async def create_customers(run: Run, server: Server) -> None:
    """By the executor and by plan, with a key and without, told again, and at fault."""
    for _ in range(3):
        for key in (None, uuid4().hex):
            filled = form("IT")
            made = (await send(server, AGENT, CREATE, key, input=filled))["made"]
            run.handed_out("password", made["first"]["password"])
            again = (await send(server, AGENT, CREATE, key, input=filled))["made"]
            assert again["first"] is None


async def invite(run: Run, server: Server) -> None:
    for _ in range(3):
        key, filled = uuid4().hex, requests.form(targetEmail=f"{uuid4().hex}@example.com")
        for _ in range(2):
            # Told again to the inviter, who could read it anyway as long as the request is open.
            made = (await send(server, AGENT, MADE, key, input=filled))["relationshipRequestCreate"]
            token = re.split(r"[=/]", made["relationshipRequest"]["link"])[-1]
            run.handed_out("link token", token)
        given = {"relationshipRequestId": made["relationshipRequest"]["id"], "deliver": True}
        sent = (await send(server, AGENT, SENT, input=given))["relationshipRequestSend"]
        assert sent["relationshipRequest"]["status"] == "SENT", sent
        # Whoever follows it names it in a variable, right and wrong.
        for person in ("admin-agent@adatum", "helpdesk-agent@contoso"):
            await send(server, person, requests.LOOK, token=token)
            await send(server, person, requests.LOOK, token=[token])


async def invite_reseller(run: Run, server: Server) -> None:
    """Told to the provider, mailed in its own words, looked at in the right place and the wrong one, declined."""
    for _ in range(2):
        named = {"targetEmail": f"{uuid4().hex}@example.com"}
        made = (await send(server, PROVIDER, REQUEST, input=named))["partnershipRequest"]
        link = made["partnership"]["link"]
        token = re.split(r"[=/]", link)[-1]
        run.handed_out("link token", token)
        given = {"partnershipId": made["partnership"]["id"], "body": f"Dear Robin,\n\n{link}\n"}
        sent = (await send(server, PROVIDER, SEND, uuid4().hex, input=given))["partnershipRequestSend"]
        assert sent["partnership"]["sentAt"] is not None, sent
        # As long as the invitation is open, the provider reads its draft.
        run.handed_out("link token", token)
        for person in (RESELLER, "helpdesk-agent@contoso"):
            await send(server, person, LOOK, token=token)
            await send(server, person, LOOK, token=[token])
        (declined,) = (await send(server, RESELLER, DECLINE, uuid4().hex, input={"token": token})).values()
        assert declined["userErrors"] == []


async def export(run: Run, server: Server) -> None:
    for key in (None, uuid4().hex):
        url = (await send(server, AGENT, EXPORT, key))["customerExport"]["export"]["url"]
        secret = re.split(r"[=/.]", url)[-1]
        run.handed_out("export link", secret)
        path = url[url.index("/", len("http://")) :]
        assert (await server.http.get(path)).status_code == 200
        assert (await server.http.get(path + "x")).status_code in (403, 404)


async def fail(server: Server) -> None:
    """Requests of every kind that come to nothing, with secrets in them."""
    token = await server.token(AGENT)
    bearer = {"Authorization": f"Bearer {token}"}
    for refused in (f"Basic {token}", f"Bearer {token}x"):
        await server.http.post("/graphql", json={"query": ACTIVITY}, headers={"Authorization": refused})
    await server.http.post("/graphql", json={"query": f"{{ {token} }}"[:200]}, headers=bearer)
    await server.http.post("/graphql", content=b"{", headers={**bearer, "Content-Type": "application/json"})
    await server.http.put("/graphql", headers=bearer)
    await server.http.get("/graphql", params={"query": "{ viewer { name } }"}, headers=bearer)
    await server.http.get("/nowhere", headers=bearer)
    await send(server, "helpdesk-agent@contoso", CREATE, input=form())
    await send(server, AGENT, ACTIVITY)


async def dumped(settings: Settings) -> bytes:
    """The whole database, as its file or as pg_dump writes it."""
    url = make_url(settings.sqlalchemy_url)
    if url.drivername.startswith("sqlite"):
        assert url.database is not None
        return b"".join(
            file.read_bytes() for file in sorted(Path(url.database).parent.glob(f"{Path(url.database).name}*"))
        )
    assert settings.database_url is not None
    dump = await asyncio.create_subprocess_exec(
        "pg_dump", "--inserts", settings.database_url.get_secret_value(), stdout=asyncio.subprocess.PIPE
    )
    return (await dump.communicate())[0]


@pytest_asyncio.fixture(scope="module")
async def run(world: World, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Run]:
    """All of it once, for the tests of this module."""
    found, folder = Run(), tmp_path_factory.mktemp("secrets")
    async with world.copy() as settings, relay() as smtp:
        with collecting() as collector:
            env = settings_of(settings) | {
                "CLIENTELA_DEVELOPMENT": "true",
                "CLIENTELA_PORT": "0",
                "CLIENTELA_LOG_LEVEL": "DEBUG",
                "CLIENTELA_TRACES_URL": collector.url,
                "CLIENTELA_SECRET_KEY": SECRET_KEY,
                "CLIENTELA_SMTP_HOST": "127.0.0.1",
                "CLIENTELA_SMTP_PORT": str(smtp.port),
                "CLIENTELA_SMTP_SECURITY": "starttls",
                "CLIENTELA_SMTP_USERNAME": "clientela",
                "CLIENTELA_SMTP_PASSWORD": SMTP_PASSWORD,
                "CLIENTELA_MAIL_FROM": "no-reply@clientela.example",
            }
            with started(env, folder / "log", "serve") as (process, url):
                hooks = {"response": [found.hear]}
                async with httpx.AsyncClient(base_url=url, timeout=30, event_hooks=hooks) as http:
                    server = Server(process, url, http)
                    for person in PEOPLE:
                        await sign_in(found, server, person)
                    await create_customers(found, server)
                    await invite(found, server)
                    await invite_reseller(found, server)
                    await export(found, server)
                    await fail(server)
            found.kinds |= {SECRET_KEY: "secret key", SMTP_PASSWORD: "password of the relay"}
            found.left = {
                "the log": (folder / "log").read_bytes(),
                "the traces": b"".join(collector.bodies),
                "the database": await dumped(settings),
            }
    yield found


async def test_no_secret_is_found_where_it_was_not_handed_out(run: Run):
    kinds = list(run.kinds.values())
    # Two links of one second are one.
    assert kinds.count("export link") in (1, 2)
    assert {kind: kinds.count(kind) for kind in sorted({*kinds} - {"export link"})} == {
        "bearer token": len(PEOPLE),
        "link token": 5,
        "password": 6,
        "password of the relay": 1,
        "secret key": 1,
    }
    assert list(run.finds()) == []


async def test_the_places_that_are_searched_hold_what_they_should(run: Run):
    """A search that looks in the wrong place finds nothing either."""
    assert len(run.answers) > 50
    assert b"$argon2id$" in run.left["the database"]
    for table in ("idempotent_answer", "outbox_mail"):
        assert table.encode() in run.left["the database"]
    assert b"@example.com" in run.left["the database"]
    correlated = re.findall(rb"(?m)^x-correlation-id: (.+)$", b"\n".join(run.answers))
    assert sum(found in run.left["the log"] for found in correlated) > 30
    assert b"idempotent_answer" in run.left["the traces"].lower()
