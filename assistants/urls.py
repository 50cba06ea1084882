from django.urls import path, re_path

from assistants.views.avatar import avatar
from assistants.views.finding import by_code
from assistants.views.lab import lab
from assistants.views.lounge import lounge

app_name = "assistants"

urlpatterns = [
    path("lounge/", lounge, name="lounge"),
    path("lab/", lab, name="lab"),
    path("assistants/", by_code, name="by-code"),
    re_path(r"^assistants/(?P<code>[0-9A-Z]{20})/avatar\.svg$", avatar, name="avatar"),
]
