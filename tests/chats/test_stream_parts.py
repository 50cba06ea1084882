import uuid

from chats.live import Entry
from chats.views.stream_parts import blank, cursor, news
from gptlab.markdown import CURSOR

ID = uuid.uuid4()


def test_text_without_a_tail_goes_to_the_cursor_escaped():
    assert news(ID, [Entry(shown="a <"), Entry(shown="b>")], {}) == (
        f'<hx-partial hx-target="#reply-{ID}-cursor" hx-swap="beforeend">a &lt;b&gt;</hx-partial>'
    )


def test_text_after_a_tail_of_the_same_message_stands_in_the_new_cursor():
    shown = news(ID, [Entry(text="x", tail=f"<p>x{CURSOR}</p>"), Entry(shown=" y<")], {})
    assert f"<p>x{cursor(ID, ' y<')}</p>" in shown
    assert "beforeend" not in shown


def test_of_several_tails_only_the_newest_is_sent_and_no_text_twice():
    shown = news(
        ID, [Entry(text="a", tail=f"<p>a{CURSOR}</p>"), Entry(shown="b"), Entry(text="c", tail=f"<p>abc{CURSOR}</p>")], {}
    )
    assert shown.count("hx-partial hx-target") == 1
    assert f"<p>abc{cursor(ID)}</p>" in shown


def test_blocks_of_a_batch_are_appended_in_order():
    shown = news(ID, [Entry(blocks="<p>1</p>", tail=CURSOR), Entry(blocks="<p>2</p>", tail=CURSOR)], {})
    assert f'<hx-partial hx-target="#reply-{ID}-blocks" hx-swap="beforeend"><p>1</p><p>2</p></hx-partial>' in shown


def test_the_newest_status_is_said_in_words():
    shown = news(ID, [Entry(status="thinking"), Entry(status="writing")], {"thinking": "Thinking", "writing": "Writing"})
    assert shown == f'<hx-partial hx-target="#reply-{ID}-status-text" hx-swap="innerHTML">Writing</hx-partial>'


def test_nothing_new_is_nothing():
    assert news(ID, [], {}) == ""
    assert news(ID, [Entry(final=True)], {}) == ""


def test_a_replay_from_the_start_empties_the_bubble():
    assert f'hx-target="#reply-{ID}-blocks" hx-swap="innerHTML"></hx-partial>' in blank(ID)
    assert cursor(ID) in blank(ID)


def test_what_replaces_a_reply_takes_the_place_of_blocks_and_tail():
    entries = [Entry(blocks="<p>secret</p>", tail=f"<p>more{CURSOR}</p>"), Entry(shown="Sorry.", replaced=True)]
    shown = news(ID, entries, {})
    assert f'<hx-partial hx-target="#reply-{ID}-blocks" hx-swap="innerHTML"></hx-partial>' in shown
    assert f'<hx-partial hx-target="#reply-{ID}-tail" hx-swap="innerHTML">{cursor(ID, "Sorry.")}</hx-partial>' in shown
    assert "secret" not in shown
    assert "more" not in shown
