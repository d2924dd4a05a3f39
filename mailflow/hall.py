"""The web part of a site put together: the window for links, and the rooms of those who sign in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from mailflow.app import App, shipped
from mailflow.cabinet import Cabinet
from mailflow.connector import Connector
from mailflow.core.vitals import Machine, Vitals
from mailflow.doorkeeper import Doorkeeper
from mailflow.edges.api import Api
from mailflow.edges.imap_values import MiB
from mailflow.edges.web import Web
from mailflow.entrance import Entrance
from mailflow.operation import Operation
from mailflow.own import Own
from mailflow.passing_on import Passage
from mailflow.respond import Window
from mailflow.second_factors import Factors
from mailflow.status import reading


@dataclass(frozen=True)
class Hall:
    """The conductors the pages of a person call."""

    entrance: Entrance
    cabinet: Cabinet
    own: Own
    operation: Operation


@dataclass(frozen=True)
class Pages:
    """The pages of a site, served; they can be told that the people behind them have changed."""

    web: Web
    api: Api | None
    app: App
    wake: Callable[[], None]

    def follow(self) -> None:
        """Ask the office as it is now from the next request on."""
        window, hall = _hall(self.app, self.wake)
        self.web.follows(window, hall)
        if self.api is not None:
            self.api.follows(Connector(self.app.desk, self.wake), Passage(window))


def pages_of(app: App, wake: Callable[[], None] = lambda: None) -> Pages:
    """Give the pages of a site that has a `[web]` section; `wake` is rung when a letter may be waiting."""
    assert app.settings.web is not None, "a site without [web] serves no pages"
    window, hall = _hall(app, wake)
    api = _api_of(app, window, wake)
    return Pages(Web(app.settings.web, window, hall, shipped("templates") / "web", api=api), api, app, wake)


def web_of(app: App, wake: Callable[[], None] = lambda: None) -> Web:
    """Give only what serves the pages."""
    return pages_of(app, wake).web


def _hall(app: App, wake: Callable[[], None]) -> tuple[Window, Hall]:
    """Give the window for links and the rooms behind it, for the office as it is now."""
    given = (app.counter.random, wake)
    window = Window(app.office, app.store, app.desk.blobs, app.desk.ring, *given)
    entrance = Entrance(app.office, app.store, app.desk.ring, *given)
    factors = Factors(app.office, app.store, app.desk.ring, *given)
    own = Own(app.office, app.store, app.desk.ring, factors)
    return window, Hall(entrance, Cabinet(app.desk, wake), own, _operation(app))


def _operation(app: App) -> Operation:
    """Give how the operator's page reads the service."""

    async def measure(now: datetime) -> tuple[Vitals, Machine]:
        found = await reading(app.settings, app.store, now)
        return found.vitals, found.machine

    return Operation(app.store, app.settings.zone, measure)


def _api_of(app: App, window: Window, wake: Callable[[], None]) -> Api | None:
    """Give the door for other systems, where the site has an `[api]` section."""
    settings, web = app.settings.api, app.settings.web
    if settings is None or web is None:
        return None
    keeper = Doorkeeper(app.store, settings.per_minute)
    return Api(web.url, keeper, Connector(app.desk, wake), Passage(window), settings.body_mib * MiB)
