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


def web_of(app: App, wake: Callable[[], None] = lambda: None) -> Web:
    """Give the pages of a site that has a `[web]` section; `wake` is rung when a letter may be waiting."""
    assert app.settings.web is not None, "a site without [web] serves no pages"
    given = (app.counter.random, wake)
    window = Window(app.office, app.store, app.desk.blobs, app.desk.ring, *given)
    entrance = Entrance(app.office, app.store, app.desk.ring, *given)
    factors = Factors(app.office, app.store, app.desk.ring, *given)
    own = Own(app.office, app.store, app.desk.ring, factors)
    hall = Hall(entrance, Cabinet(app.desk, wake), own, _operation(app))
    return Web(app.settings.web, window, hall, shipped("templates") / "web", api=_api_of(app, window, wake))


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
