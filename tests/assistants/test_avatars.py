import functools
import subprocess
import sys
import threading
import time
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistants import avatars
from assistants.models import Assistant, new_code

DRAWING_ELEMENTS = {"svg", "defs", "g", "clipPath", "path", "use", "rect", "circle", "ellipse", "polygon"}


def assert_only_draws(svg):
    root = ET.fromstring(svg)
    for element in root.iter():
        assert element.tag.removeprefix("{http://www.w3.org/2000/svg}") in DRAWING_ELEMENTS
        for name, value in element.attrib.items():
            assert not name.startswith("on")
            assert name != "style"
            assert not name.endswith("href") or value.startswith("#")
            assert "url(" not in value or "url(#" in value
    assert svg.count("http") == 1, "only the name of the SVG namespace"


def test_the_same_name_gives_the_same_robot_in_another_process(repository):
    code = "from assistants.avatars import svg; print(svg('Compass Kit'), end='')"
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=repository)
    assert other.stdout == avatars.svg("Compass Kit")


def test_different_names_give_different_robots():
    assert len({avatars.svg(name) for name in ("Compass Kit", "Compass Kid", "compass kit", "Kit")}) == 4


@settings(max_examples=25, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_a_robot_only_draws_whatever_its_name(name):
    assert_only_draws(avatars.svg(name))


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "\u202eabc", "👩‍🚀", "x" * 300, ""])
def test_odd_names_have_robots_too(name):
    assert_only_draws(avatars.svg(name))


def test_the_fingerprint_follows_name_and_style():
    assert avatars.fingerprint("Kit") == avatars.fingerprint("Kit") != avatars.fingerprint("Sam")
    assert avatars.fingerprint("Kit") != avatars.fingerprint("Kit", "sprouts")


def test_every_style_of_an_assistant_only_draws():
    drawn = [avatars.svg("Kit", style) for style in Assistant.AvatarStyle.values]
    assert len(set(drawn)) == len(Assistant.AvatarStyle)
    for svg in drawn:
        assert_only_draws(svg)


def test_tints_are_the_six_shelves():
    assert {avatars.tint(new_code()) for _i in range(300)} == {1, 2, 3, 4, 5, 6}


def test_importing_the_room_does_not_import_the_drawing_library(repository):
    code = "import sys, assistants.avatars; sys.exit('dicebear' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=repository)


def test_many_robots_at_once_build_their_style_once(monkeypatch):
    built = []

    def slowly(style):
        built.append(style)
        time.sleep(0.05)
        return original(style)

    original = avatars._built_style.__wrapped__
    monkeypatch.setattr(avatars, "_built_style", functools.cache(slowly))
    threads = [threading.Thread(target=avatars.svg, args=(f"At once {number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(built) == 1
