import pytest
from django.template import Context, Template

from assistants import avatars


def render(source, **context):
    return Template("{% load robots %}" + source).render(Context(context))


@pytest.mark.django_db
def test_a_robot_stands_on_the_tint_of_its_code(make_assistant):
    assistant = make_assistant(name="Kit & Sam")
    html = render('{% robot assistant "face face-sm" %}', assistant=assistant)
    assert f'<span class="face face-sm shelf-{avatars.tint(assistant.code)}">' in html
    assert f'/assistants/{assistant.code}/avatar.svg?v={avatars.fingerprint("Kit & Sam")}"' in html
    assert 'alt=""' in html


@pytest.mark.django_db
def test_pages_can_show_the_first_of_the_showcase(make_assistant):
    for name, showcased in (("Ann", True), ("Bea", False), ("Cleo", True), ("Dot", True)):
        make_assistant(name=name, showcased=showcased)
    assert render("{% showcased 2 as some %}{% for each in some %}{{ each }},{% endfor %}") == "Ann,Cleo,"
