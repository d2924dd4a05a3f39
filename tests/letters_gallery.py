"""Render every kind of letter with its sample view, to look at: `python tests/letters_gallery.py [FOLDER]`.

Writes `<kind>.<language>.txt` and `.html` and an `index.html`; where chromium and playwright are there, also
PNGs at 360 and 1200 pixels, light and dark. Images are switched off: a letter has none and needs none.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from mailflow.edges import letter_samples
from mailflow.edges.letters import KINDS, LANGUAGES, Letters

SHIPPED = Path(__file__).parents[1] / "templates" / "mail"
WIDTHS = (360, 1200)
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def main() -> None:
    """Write the gallery into the folder named on the command line, by default `demo-out/letters`."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "demo-out/letters")
    folder.mkdir(parents=True, exist_ok=True)
    pages = list(written(folder))
    links = "".join(f'<li><a href="{page.name}">{page.stem}</a></li>' for page in pages)
    (folder / "index.html").write_text(f'<!DOCTYPE html><meta charset="utf-8"><ul>{links}</ul>', encoding="utf-8")
    shots = photographed(pages)
    print(f"{folder}: {len(pages)} letters, {shots} pictures")


def written(folder: Path) -> Iterator[Path]:
    """Write the text and the HTML of every letter; give the HTML files."""
    letters = Letters([SHIPPED])
    for kind in KINDS:
        for language in LANGUAGES:
            letter = letters.render(letter_samples.views(kind, language)[0])
            page = folder / f"{kind}.{language}.html"
            page.write_text(letter.html, encoding="utf-8")
            page.with_suffix(".txt").write_text(f"{letter.subject}\n\n{letter.text}", encoding="utf-8")
            yield page


def photographed(pages: list[Path]) -> int:
    """Take the pictures; 0 where there is no browser."""
    browser_path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        browser_path = None
    if browser_path is None:
        return 0
    taken = 0
    flags = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--blink-settings=imagesEnabled=false"]
    with sync_playwright() as play, play.chromium.launch(executable_path=browser_path, args=flags) as browser:
        for width in WIDTHS:
            for scheme in SCHEMES:
                context = browser.new_context(
                    viewport={"width": width, "height": 600}, color_scheme=scheme, java_script_enabled=False
                )
                tab = context.new_page()
                for page in pages:
                    tab.goto(page.resolve().as_uri())
                    tab.screenshot(path=page.with_name(f"{page.stem}.{width}.{scheme}.png"), full_page=True)
                    taken += 1
                context.close()
    return taken


if __name__ == "__main__":
    main()
