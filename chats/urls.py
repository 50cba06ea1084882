"""Addresses of the talk, and of the page that shows an assistant with the visitor's talks."""

from django.urls import path

from chats.views import assistant, chat, notes, stream, transcripts

app_name = "chats"

urlpatterns = [
    path("assistants/<str:code>/", assistant.assistant, name="assistant"),
    path("chats/start/", assistant.start, name="start"),
    path("chats/<uuid:session_id>/", chat.session, name="session"),
    path("chats/<uuid:session_id>/say/", chat.say, name="say"),
    path("chats/<uuid:session_id>/memory/", notes.memory, name="memory"),
    path("chats/<uuid:session_id>/notes/", notes.edit, name="notes"),
    path("chats/<uuid:session_id>/notes/set-aside/", notes.set_aside, name="set-notes-aside"),
    path("chats/<uuid:session_id>/notes/take-up/", notes.take_up, name="take-notes-up"),
    path("chats/<uuid:session_id>/transcript.json", transcripts.as_json, name="transcript"),
    path("chats/<uuid:session_id>/replies/<uuid:reply_id>/stream/", stream.stream, name="stream"),
    path("chats/<uuid:session_id>/replies/<uuid:reply_id>/text/", transcripts.reply_text, name="text"),
    path("chats/<uuid:session_id>/replies/<uuid:reply_id>/stop/", chat.stop, name="stop"),
    path("chats/<uuid:session_id>/replies/<uuid:reply_id>/retry/", chat.retry, name="retry"),
]
