"""Addresses. Apps are named by string only: the floor imports none."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from gptlab import health, pages

handler400 = pages.bad_request
handler403 = pages.forbidden
handler404 = pages.not_found
handler500 = pages.server_error

urlpatterns = [
    path("", pages.home, name="home"),
    path("faq/", pages.of_words, {"name": "faq"}, name="faq"),
    path("terms/", pages.of_words, {"name": "terms"}, name="terms"),
    path("privacy/", pages.of_words, {"name": "privacy"}, name="privacy"),
    path("about/", pages.of_words, {"name": "about"}, name="about"),
    path("", include("accounts.urls")),
    path("", include("assistants.urls")),
    path("", include("chats.urls")),
    path(settings.ADMIN_PATH, admin.site.urls),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
