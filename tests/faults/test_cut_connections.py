"""Connections to PostgreSQL that are cut in the middle of an answer, also of the answer to a commit."""

import random
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import make_url

from tests.faults.cutting import proxied
from tests.faults.writing import ROUNDS, assert_nothing_lost, loaded
from tests.processes.server import deployed, served
from tests.worlds import World

CUTS = 15
LONGEST = 3_000
"""Bytes of answers until a cut; a write with what it reads takes about as many."""


@pytest.mark.parametrize("world", ["postgresql"], indirect=True)
async def test_a_cut_connection_loses_nothing_and_leaves_nothing_half_written(world: World, tmp_path: Path):
    chosen = random.Random(1)
    async with world.copy() as settings:
        assert settings.database_url is not None
        url = make_url(settings.database_url.get_secret_value())
        with proxied(url.host or "127.0.0.1", url.port or 5432) as proxy:
            detour = url.set(host="127.0.0.1", port=proxy.port).render_as_string(hide_password=False)
            through = settings.model_copy(update={"database_url": SecretStr(detour)})
            async with served(through, tmp_path / "log") as server:
                async with loaded(server) as load:
                    for _ in range(CUTS * ROUNDS):
                        proxy.cut_after(chosen.randrange(1, LONGEST))
                        await load.more(4)
                assert proxy.cuts >= CUTS // 2
                # INTERNAL stands at the root field whose payload could not be read to its end, and so was rolled back.
                codes = {code for answer in load.answers for code in answer.split(",")}
                assert codes <= {"ok", "DATABASE_UNAVAILABLE", "INTERNAL"}
                assert "INTERNAL" not in load.answers
        async with deployed(settings, tmp_path) as after:
            print(f"{proxy.cuts} cuts")
            await assert_nothing_lost(load, after)
