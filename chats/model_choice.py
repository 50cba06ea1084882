"""Which model a chat may run on: what the key may use and the operator offers, and what the assistant was made for."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.visit import Visit
from gptlab.errors import Invalid
from gptlab.llm import catalog


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """`names` are to choose from, best offer first; `preset` is the one that is taken when nobody chooses."""

    wanted: str
    names: list[str]
    preset: str

    @property
    def fell_back(self) -> bool:
        return self.preset != self.wanted


def model_choice(visit: Visit, *, wanted: str) -> ModelChoice:
    """The assistant's own model is among the names if the key may use it, offered or not: it was made for it."""
    names = catalog.offered(visit.provider, visit.models)
    if wanted in visit.models and wanted not in names:
        names = [wanted, *names]
    return ModelChoice(wanted=wanted, names=names, preset=catalog.choose(visit.provider, wanted, visit.models))


def require_choice(model: str, visit: Visit, *, wanted: str) -> None:
    """Raises Invalid for a model that was not to choose from."""
    if model not in model_choice(visit, wanted=wanted).names:
        raise Invalid(_("“%(model)s” is not among the models that your key can use here.") % {"model": model[:64]}, field="model")
