from django.urls import path, re_path

from assistants.views.avatar import avatar
from assistants.views.decisions import appeal, decisions
from assistants.views.favourite import favourite
from assistants.views.finding import by_code
from assistants.views.lab import clone, lab, new
from assistants.views.lounge import lounge
from assistants.views.made import annotate, assistant, export, restore, retire, roll_back, versions
from assistants.views.previewing import avatar as avatar_preview
from assistants.views.report import report
from assistants.views.steps import edit, publish

app_name = "assistants"

urlpatterns = [
    path("lounge/", lounge, name="lounge"),
    path("lab/", lab, name="lab"),
    path("lab/new/", new, name="lab-new"),
    path("lab/avatar.svg", avatar_preview, name="lab-avatar"),
    path("lab/decisions/", decisions, name="lab-decisions"),
    path("lab/decisions/<int:decision_id>/appeal/", appeal, name="lab-appeal"),
    path("lab/<slug:code>/", assistant, name="lab-assistant"),
    path("lab/<slug:code>/edit/", edit, name="lab-edit"),
    path("lab/<slug:code>/publish/", publish, name="lab-publish"),
    path("lab/<slug:code>/versions/", versions, name="lab-versions"),
    path("lab/<slug:code>/versions/<int:number>/use/", roll_back, name="lab-roll-back"),
    path("lab/<slug:code>/versions/<int:number>/note/", annotate, name="lab-note"),
    path("lab/<slug:code>/retire/", retire, name="lab-retire"),
    path("lab/<slug:code>/restore/", restore, name="lab-restore"),
    path("lab/<slug:code>/clone/", clone, name="lab-clone"),
    path("lab/<slug:code>/export/", export, name="lab-export"),
    path("assistants/", by_code, name="by-code"),
    path("assistants/<str:code>/favourite/", favourite, name="favourite"),
    path("assistants/<str:code>/report/", report, name="report"),
    re_path(r"^assistants/(?P<code>[0-9A-Z]{20})/avatar\.svg$", avatar, name="avatar"),
]
