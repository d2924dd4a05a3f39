"""What every test may rely on: asynchronous tests run on asyncio, the loop mailflow runs on; a run has a size."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from mailflow.edges.store import Store
from mailflow.edges.store.database import Database
from tests.scale import SIZES, Scale
from tests.servers import Postgres, postgres

MIGRATED = Database.open
"""What opens a database for real, migration after migration, for the tests of the migrations."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--scale", choices=SIZES, default="gate", help="how much the tests do that have a `scale`")
    parser.addoption("--kills", type=int, default=20, help="how often the whole service is killed at random")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A run larger than the gate is of those tests alone that grow with it."""
    if config.getoption("--scale") == "gate":
        return
    grow = [item for item in items if "scale" in getattr(item, "fixturenames", ())]
    config.hook.pytest_deselected(items=[item for item in items if item not in grow])
    items[:] = grow


@pytest.fixture(scope="session", autouse=True)
def _fresh_databases_are_copied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Let a new SQLite file begin as the first one of this run was migrated: the same bytes, a second sooner."""
    template = tmp_path_factory.mktemp("schema") / "fresh.db"

    async def opened(url: str, migrating: bool = True) -> Database:
        path = Path(url.removeprefix("sqlite://"))
        if migrating and path.is_absolute() and path.parent.is_dir() and not path.exists():
            if not template.exists():
                await (await MIGRATED(f"sqlite://{template}")).close()
            shutil.copy(template, path)
        return await MIGRATED(url, migrating)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Database, "open", opened)
        yield


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def scale(request: pytest.FixtureRequest) -> Scale:
    return Scale(request.config.getoption("--scale"))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    """One PostgreSQL for all tests of a process that want one."""
    with postgres() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database of each kind."""
    if request.param == "sqlite":
        yield f"sqlite://{tmp_path}/mailflow.db"
        return
    running: Postgres = request.getfixturevalue("postgres_server")
    fresh = running.fresh()
    # Without: asyncpg tries TLS first, and when it cancels a query it loses that connection noisily.
    yield f"{fresh}?ssl=disable"
    running.drop(fresh)


@pytest.fixture
async def a_store(database_url: str) -> AsyncIterator[Store]:
    """A store on an empty database of each kind."""
    opened = await Store.open(database_url, "neon.example")
    yield opened
    await opened.close()
