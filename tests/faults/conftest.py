"""The cluster that the tests of this folder kill."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from clientela.settings import Settings
from tests.faults.cluster import Cluster, cluster
from tests.worlds import POSTGRES, World, settings_for


@pytest.fixture(scope="session")
def own_cluster() -> Iterator[Cluster]:
    """One for all of them; whoever ends it starts it again."""
    with cluster() as made:
        yield made


@pytest.fixture
def mortal(own_cluster: Cluster, world: World) -> Settings:
    """Settings of a server on a copy of the demo world in that cluster."""
    assert world.kind == "postgresql"
    url = own_cluster.load(f"{POSTGRES}/{world.template}", f"clientela_{uuid4().hex[:12]}")
    return settings_for(url, world.folder)
