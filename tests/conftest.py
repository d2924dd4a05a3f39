"""What every test may rely on: asynchronous tests run on asyncio, the loop mailflow runs on; a run has a size."""

from __future__ import annotations

import pytest

from tests.scale import SIZES, Scale


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--scale", choices=SIZES, default="gate", help="how much the tests do that have a `scale`")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A run larger than the gate is of those tests alone that grow with it."""
    if config.getoption("--scale") == "gate":
        return
    grow = [item for item in items if "scale" in getattr(item, "fixturenames", ())]
    config.hook.pytest_deselected(items=[item for item in items if item not in grow])
    items[:] = grow


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def scale(request: pytest.FixtureRequest) -> Scale:
    return Scale(request.config.getoption("--scale"))
