"""The words of a picture, by Tesseract (https://tesseract-ocr.github.io/) where it is installed: a scan, a photo.

Owns: making a picture straight and sharp enough, the engine kept between papers, where its language data lie. Refuses
to know: where the picture came from and what its words mean. Runs in the process papers are read in (`reading_apart`):
no file is written, no program started.

What may go wrong: words are misread, digits above all. So who takes values from such a text checks each
(`core.recognised`), and a text the engine itself doubts is no text.
"""

from __future__ import annotations

import os
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL.Image import Image

LANGUAGES = ("rus", "eng")
DATA = (
    *((Path(os.environ["TESSDATA_PREFIX"]),) if "TESSDATA_PREFIX" in os.environ else ()),
    Path("/usr/share/tesseract-ocr/5/tessdata"),
    Path("/usr/share/tesseract-ocr/4.00/tessdata"),
    Path("/usr/share/tessdata"),
)
"""Where Debian, Ubuntu and others keep the data of the languages; the variable is Tesseract's own."""
LEAST_CONFIDENCE = 65
"""Of 100, by the engine's own account: below it the words are mostly not there."""
DPI = 300
"""What the engine is made for."""
STEEPEST = 15
"""Degrees a page may lie askew."""
_SMALL = 600
"""Pixels across, enough to see how the lines lie."""
_A4_INCHES = 8.27


@cache
def installed() -> bool:
    """Tell whether words can be recognised here: the library (extra `ocr`) and the data of both languages."""
    try:
        import tesserocr
    except ImportError:
        return False
    _ = tesserocr
    return _data() is not None


def recognised(picture: Image) -> str:
    """Give the words of a grey picture, line by line; '' where there are none to be sure of. Needs `installed()`."""
    engine = _engine()
    engine.SetImage(_straight(picture))
    engine.SetSourceResolution(DPI)
    try:
        text: str = engine.GetUTF8Text()
        return text if engine.MeanTextConf() >= LEAST_CONFIDENCE else ""
    finally:
        engine.Clear()


def _data() -> Path | None:
    whole = (folder for folder in DATA if all((folder / f"{name}.traineddata").is_file() for name in LANGUAGES))
    return next(whole, None)


@cache
def _engine() -> Any:
    import tesserocr

    return tesserocr.PyTessBaseAPI(path=str(_data()), lang="+".join(LANGUAGES), psm=tesserocr.PSM.AUTO)


def _straight(picture: Image) -> Image:
    """Bring a page to the size the engine reads best and its lines level; its greys are the engine's own matter."""
    from PIL import Image

    # A photo of a page has half the pixels of a good scan: letters of 20 pixels are read, of 10 they are guessed.
    times = min(2, max(1, round(DPI * _A4_INCHES / picture.width)))
    large = picture.resize((picture.width * times, picture.height * times), Image.Resampling.BICUBIC)
    askew = _askew(picture)
    return large.rotate(askew, Image.Resampling.BICUBIC, expand=True, fillcolor=255) if askew else large


def _askew(picture: Image) -> float:
    """Give the degrees to turn a page by: its lines lie level where its rows differ most from each other."""
    from PIL import Image

    small = picture.resize((_SMALL, max(1, _SMALL * picture.height // picture.width)), Image.Resampling.BOX)
    edge = small.width // 8, small.height // 8
    middle = small.crop((*edge, small.width - edge[0], small.height - edge[1]))
    whole = max(range(-STEEPEST, STEEPEST + 1), key=lambda angle: (_contrast(middle, angle), -abs(angle)))
    finer = (whole + quarter / 4 for quarter in range(-3, 4))
    return max(finer, key=lambda angle: (_contrast(middle, angle), -abs(angle)))


def _contrast(picture: Image, angle: float) -> int:
    from PIL import Image

    turned = picture.rotate(angle, Image.Resampling.BILINEAR, fillcolor=128)
    rows = turned.resize((1, turned.height), Image.Resampling.BOX).tobytes()
    return sum((above - below) ** 2 for above, below in pairwise(rows))
