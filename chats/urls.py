"""Addresses of the talk, and of the page that shows an assistant with the visitor's talks."""

from django.urls import path

from chats.views import assistant, chat, leak_check, listing, notes, numbers, sessions, stream, transcripts, trial, turns

app_name = "chats"

urlpatterns = [
    path("assistants/<str:code>/", assistant.assistant, name="assistant"),
    path("lab/<slug:code>/trial/", trial.trial, name="trial"),
    path("lab/<slug:code>/leak-check/", leak_check.leak_check, name="leak-check"),
    path("lab/<slug:code>/numbers/", numbers.of_assistant, name="numbers"),
    path("lab/<slug:code>/discard/", trial.discard, name="lab-discard"),
    path("chats/", listing.chats, name="list"),
    path("chats/start/", assistant.start, name="start"),
    path("chats/import/", listing.take_in, name="import"),
    path("chats/delete/", listing.delete_all, name="delete-all"),
    path("chats/<uuid:session_id>/", chat.session, name="session"),
    path("chats/<uuid:session_id>/say/", chat.say, name="say"),
    path("chats/<uuid:session_id>/memory/", notes.memory, name="memory"),
    path("chats/<uuid:session_id>/notes/", notes.edit, name="notes"),
    path("chats/<uuid:session_id>/notes/set-aside/", notes.set_aside, name="set-notes-aside"),
    path("chats/<uuid:session_id>/notes/take-up/", notes.take_up, name="take-notes-up"),
    path("chats/<uuid:session_id>/edit/", turns.edit, name="edit"),
    path("chats/<uuid:session_id>/regenerate/", turns.regenerate, name="regenerate"),
    path("chats/<uuid:session_id>/fork/", turns.fork, name="fork"),
    path("chats/<uuid:session_id>/conclude/", sessions.conclude, name="conclude"),
    path("chats/<uuid:session_id>/recap/", sessions.recap, name="recap"),
    path("chats/<uuid:session_id>/resume/", sessions.resume, name="resume"),
    path("chats/<uuid:session_id>/rate/", sessions.rate, name="rate"),
    path("chats/<uuid:session_id>/rename/", sessions.rename, name="rename"),
    path("chats/<uuid:session_id>/title/", sessions.title, name="title"),
    path("chats/<uuid:session_id>/delete/", sessions.delete, name="delete"),
    path("chats/<uuid:session_id>/transcript.json", transcripts.as_json, name="transcript"),
    path("chats/<uuid:session_id>/transcript.csv", transcripts.as_csv, name="transcript-csv"),
    path("chats/<uuid:session_id>/transcript.md", transcripts.as_markdown, name="transcript-md"),
    path("chats/<uuid:session_id>/replies/<uuid:reply_id>/stream/", stream.stream, name="stream"),
    path("chats/<uuid:session_id>/replies/<uuid:reply_id>/text/", transcripts.reply_text, name="text"),
    path("chats/<uuid:session_id>/replies/<uuid:reply_id>/stop/", chat.stop, name="stop"),
    path("chats/<uuid:session_id>/replies/<uuid:reply_id>/retry/", chat.retry, name="retry"),
    path("chats/<uuid:session_id>/replies/<uuid:reply_id>/choose/", turns.choose, name="choose"),
    path("chats/<uuid:session_id>/replies/<uuid:reply_id>/rate/", turns.rate, name="rate-reply"),
]
