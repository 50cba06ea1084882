"""The sign-in form. Its key field is never filled in again: what was typed goes into no page."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import signing_in
from gptlab import errors
from gptlab.llm import catalog


class SignInForm(forms.Form):
    provider = forms.CharField(label=_("Provider"), required=False)
    api_key = forms.Field(label=_("API key"), required=False)  # not a CharField: that one strips, and has words of its own

    def clean_provider(self) -> str:
        """Left out, it is the first of the list: a page with a single provider does not ask."""
        return self.cleaned_data["provider"] or catalog.providers()[0].id

    def clean(self) -> dict[str, Any]:
        """The format only, so that a slip costs no attempt. What the provider says comes later."""
        if "provider" in self.cleaned_data:
            try:
                signing_in.check(provider=self.cleaned_data["provider"], api_key=self.cleaned_data["api_key"] or "")
            except errors.Invalid as error:
                self.add_error(error.field, str(error))
        return self.cleaned_data

    def refuse(self, error: errors.DomainError) -> None:
        """What came later, said where it belongs."""
        self.add_error(getattr(error, "field", "") or None, str(error))
