"""How a reply is drawn: six ready-made sets of parameters, and what each is good for. The last one is the maker's own."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CUSTOM = "custom"


@dataclass(frozen=True, slots=True)
class Personality:
    """`words` stand on its tile, `purpose` is the sentence below the tiles."""

    key: str
    label: Promise
    icon: str
    words: Promise
    purpose: Promise
    temperature: float
    top_p: float
    frequency_penalty: float
    presence_penalty: float

    @property
    def parameters(self) -> dict[str, float]:
        return {
            "temperature": self.temperature,
            "top_p": self.top_p,
            "frequency_penalty": self.frequency_penalty,
            "presence_penalty": self.presence_penalty,
        }


PERSONALITIES = {
    each.key: each
    for each in (
        Personality(
            "coaching", _("Coaching"), "signpost-2", _("asks, seldom tells"),
            _("For talks that go on: steady in tone, and it doesn’t ask the same question twice."),
            0.5, 0.9, 0.3, 0.2,
        ),
        Personality(
            "creative", _("Creative"), "palette", _("wide, surprising"),
            _("For ideas, stories and names: it takes unlikely words, and no two replies are alike."),
            1.0, 0.7, 0.1, 0.1,
        ),
        Personality(
            "sarcastic", _("Sarcastic"), "emoji-expressionless", _("dry, a little mean"),
            _("For humour with an edge: loose enough to be funny, tight enough to stay on the subject."),
            0.8, 0.9, 0.1, 0.1,
        ),
        Personality(
            "truthful", _("Truthful"), "bullseye", _("stays with the facts"),
            _("For explanations, data and checking: it prefers the likely word, so that asking again brings much the same."),
            0.5, 0.9, 0.1, 0.2,
        ),
        Personality(
            "witty", _("Witty"), "stars", _("quick and light"),
            _("For friendly talk and lively texts: it varies its words without losing the thread."),
            0.7, 0.9, 0.1, 0.1,
        ),
        Personality(
            CUSTOM, _("Custom"), "sliders", _("your own settings"),
            _("For those who know what they want: the four sliders are yours."),
            0.7, 1.0, 0.0, 0.0,
        ),
    )
}  # fmt: skip
