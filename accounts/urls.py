"""Addresses of the visit. `/sign-in/` and `/sign-out/` are stable: outside programs use them."""

from django.urls import path

from accounts import views

app_name = "accounts"

urlpatterns = [
    path("sign-in/", views.sign_in, name="sign-in"),
    path("sign-in/demo/", views.new_key, {"provider_id": "demo"}, name="demo-key"),
    path("sign-in/<slug:provider_id>/", views.new_key, name="new-key"),
    path("announcements/<int:announcement_id>/dismiss/", views.dismiss, name="dismiss"),
    path("sign-out/", views.sign_out, name="sign-out"),
]
