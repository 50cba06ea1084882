"""Robots: each is drawn from a name, here, and always the same. Knows names and codes, no rows and no addresses.

The drawings are DiceBear's "Voxel Bot", "Critters" and "Sprouts" (all CC0 1.0).
"""

import hashlib
import json
import re
import threading
import zlib
from functools import cache, lru_cache
from importlib import metadata, resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dicebear import Style

TINTS = 6  # the colours of the shelf behind a robot
USUAL = "blocks"
_FILES = {USUAL: "voxel-bot", "critters": "critters", "sprouts": "sprouts"}  # of dicebear-styles
_PLAIN: dict[str, list[str]] = {"backgroundColor": ["#00000000"], "animationVariant": ["none"]}
_BODIES = ["#8fd6c5", "#86bdea", "#f5cb62", "#f39d8f", "#c6b6ef", "#e9eeec", "#aecb84", "#a8b8bf"]
_OPTIONS = {
    USUAL: _PLAIN
    | {
        "bodyColor": _BODIES,
        "accentColor": ["#17343a", "#2a474d", "#3b5960", "#244a52"],
        "screenColor": ["#0f2224", "#12202b"],
        "glowColor": ["#7ef0d8", "#ffd36e", "#ffa392", "#a6d4ff", "#fff3bf"],
    },
    "critters": _PLAIN | {"bodyColor": _BODIES},
    "sprouts": _PLAIN,
}
_RECIPE = json.dumps([_OPTIONS, metadata.version("dicebear-core"), metadata.version("dicebear-styles")])
_building = threading.Lock()
_ABOUT_THE_STYLE = re.compile(r"<!--.*?-->|<metadata.*?</metadata>", re.DOTALL)


@lru_cache(maxsize=512)
def svg(name: str, style: str = USUAL) -> str:
    """The robot of this name, 3 to 6 kB of SVG without scripts, styles or addresses of other hosts."""
    from dicebear import Avatar  # takes 90 ms to import: only a process that draws pays for it

    return _ABOUT_THE_STYLE.sub("", str(Avatar(_style(style), {**_OPTIONS[style], "seed": name})))


def _style(style: str) -> "Style":
    """Built once, also when a first page asks for all its robots at once: it takes longer than drawing a hundred of them."""
    with _building:
        return _built_style(style)


@cache
def _built_style(style: str) -> "Style":
    from dicebear import Style

    return Style(json.loads(resources.files("dicebear_styles").joinpath(f"{_FILES[style]}.json").read_text()))


def fingerprint(name: str, style: str = USUAL) -> str:
    """Changes when the robot of this name does, and costs no drawing: for addresses and ETags that may be kept for long."""
    return hashlib.sha256(f"{_RECIPE}{style}/{name}".encode()).hexdigest()[:16]


def tint(code: str) -> int:
    """The shelf's colour, 1 to 6."""
    return zlib.crc32(code.encode()) % TINTS + 1
