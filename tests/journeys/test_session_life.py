"""A chat from its first exchange to its recap and on: titled, written anew, edited, forked, concluded, resumed."""

import re

from django.urls import reverse

from tests.lab import wait_until


def talk(alice, sam, *said):
    """The address of a chat in which this was said and answered."""
    chat = alice.start(sam)
    alice.hears(chat)
    for text in said:
        alice.say(chat, text)
        alice.hears(chat)
    return chat


def title(alice, chat):
    return re.search(r"<title>\s*(.*?) · GPT Lab</title>", alice.page(chat), re.DOTALL)[1]


def test_a_chat_gets_a_title_after_its_first_exchange(alice, sam, upstream):
    chat = talk(alice, sam, "Why does ice float?")
    wait_until(lambda: title(alice, chat) == "On Why does ice float?", 20, "there is no title")
    assert "On Why does ice float?" in alice.page(reverse("chats:list"))
    alice.say(chat, "And steam?")
    alice.hears(chat)
    asked = [call for call in upstream.aside if "titles" in str(call["body"])]
    assert len(asked) == 1
    assert "Mirabelle" not in str(asked[0]["body"])


def test_a_chat_whose_title_fails_goes_by_its_assistant(alice, sam, upstream):
    chat = talk(alice, sam, "[[title=status:500]] Hello")
    wait_until(lambda: upstream.aside, 20, "nobody asks for a title")
    assert title(alice, chat) == "Chat with Sam"


def test_what_is_said_after_a_version_was_chosen_follows_on_it(alice, sam, upstream):
    chat = talk(alice, sam, "[[script=say:3]] one")
    alice.client.post(f"{chat}regenerate/", {"turn": "1"})
    alice.hears(chat)
    first = re.search(rf'action="({re.escape(chat)}replies/[^"]*/choose/)"', alice.page(chat))[1]
    alice.client.post(first)
    alice.say(chat, "two")
    alice.hears(chat)
    told = upstream.sent[-1]["body"]["messages"]
    assert sum("k0000" in message["content"] for message in told) == 1


def test_an_edited_message_alone_goes_to_the_model(alice, sam, upstream):
    chat = talk(alice, sam, "wrong words")
    form = {"turn": "1", "text": "right words", "client_id": "7f1e2f0e-5a35-4b05-8a55-3f0b1c0c6a11"}
    alice.client.post(f"{chat}edit/", form)
    assert alice.hears(chat)["text"] == "You said: right words"
    assert "wrong words" not in str(upstream.sent[-1]["body"])
    assert "wrong words" not in str(alice.transcript(chat))


def test_a_fork_goes_its_own_way(alice, sam, upstream):
    chat = talk(alice, sam, "one", "two")
    fork = alice.client.post(f"{chat}fork/", {"turn": "1"})["Location"].partition("#")[0]
    alice.say(fork, "otherwise")
    assert alice.hears(fork)["text"] == "You said: otherwise"
    assert [message["text"] for message in alice.transcript(chat) if message["role"] == "user"] == ["one", "two"]
    assert "two" not in str(upstream.sent[-1]["body"])


def test_a_concluded_chat_has_its_recap_and_can_be_taken_up_again(alice, sam, upstream):
    chat = talk(alice, sam, "one", "two", "three")
    alice.client.post(f"{chat}conclude/")
    recap = lambda: alice.client.get(f"{chat}transcript.json").json()["recap"]  # noqa: E731
    wait_until(recap, 20, "there is no recap")
    assert "Person: three" in recap()
    assert "Mirabelle" not in str(upstream.sent[-1]["body"])
    assert "Was this chat worth your time?" in alice.page(chat)
    alice.client.post(f"{chat}resume/")
    alice.say(chat, "four")
    assert alice.hears(chat)["turn"] == 4


def test_deleting_a_chat_while_it_is_answered_hangs_up_on_the_upstream(alice, sam, upstream):
    chat = talk(alice, sam)
    alice.say(chat, "[[script=slow:20:3000]] long")
    wait_until(lambda: "k0000" in upstream.sent[-1]["text"], 20, "nothing is sent")
    call = upstream.sent[-1]
    alice.client.post(f"{chat}delete/")
    wait_until(lambda: call["peer_closed"], 20, "the upstream goes on")
    assert alice.client.get(chat).status_code == 404
