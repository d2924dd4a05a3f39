"""The web part of a site put together: the window for links, and the rooms of those who sign in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mailflow.app import App, shipped
from mailflow.cabinet import Cabinet
from mailflow.edges.web import Web
from mailflow.entrance import Entrance
from mailflow.own import Own
from mailflow.respond import Window
from mailflow.second_factors import Factors


@dataclass(frozen=True)
class Hall:
    """The conductors the pages of a person call."""

    entrance: Entrance
    cabinet: Cabinet
    own: Own


def web_of(app: App, wake: Callable[[], None] = lambda: None) -> Web:
    """Give the pages of a site that has a `[web]` section; `wake` is rung when a letter may be waiting."""
    assert app.settings.web is not None, "a site without [web] serves no pages"
    given = (app.counter.random, wake)
    window = Window(app.office, app.store, app.desk.blobs, app.desk.ring, *given)
    entrance = Entrance(app.office, app.store, app.desk.ring, *given)
    factors = Factors(app.office, app.store, app.desk.ring, *given)
    own = Own(app.office, app.store, app.desk.ring, factors)
    hall = Hall(entrance, Cabinet(app.desk, wake), own)
    return Web(app.settings.web, window, hall, shipped("templates") / "web")
