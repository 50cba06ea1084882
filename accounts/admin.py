"""Accounts in the admin: who is staff, and that a visitor exists. Nothing here opens, names or shows a key."""

from collections import Counter
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.admin.widgets import AdminTextareaWidget
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import UserCreationForm
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import audit, two_factor
from accounts.models import Announcement, AuditEntry, Credential, User
from gptlab import errors, rate_limits
from gptlab.listed_filters import ListedFilters
from gptlab.reading_only import ReadingOnly

if TYPE_CHECKING:
    from django.forms import ModelForm

    _UserCreationForm = UserCreationForm[User]
    _UserAdmin = DjangoUserAdmin[User]
    _CredentialInline = admin.TabularInline[Credential, User]
    _AuditEntryAdmin = admin.ModelAdmin[AuditEntry]
    _AnnouncementAdmin = admin.ModelAdmin[Announcement]
else:
    _AuditEntryAdmin = admin.ModelAdmin
    _UserCreationForm, _UserAdmin, _CredentialInline = UserCreationForm, DjangoUserAdmin, admin.TabularInline
    _AnnouncementAdmin = admin.ModelAdmin


class StaffSignInForm(AdminAuthenticationForm):
    """A password can be guessed, so that guessing is limited: by address, and, wider, by the name that is tried: a stranger who
    tries on and on must not keep its owner out.

    Who has set up a second factor gives a code, too. Whether somebody has is told only to who has the password.
    """

    code = forms.CharField(
        label=_("Code"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
        help_text=_("Of your app, if you have set up two-factor; or a recovery code."),
    )

    def clean(self) -> dict[str, Any]:
        address = self.request.META.get("REMOTE_ADDR", "") if self.request is not None else ""
        try:
            rate_limits.hit("staff-sign-in", key=rate_limits.network(address), limit="10/minute;60/hour")
            rate_limits.hit("staff-name", key=str(self.cleaned_data.get("username", "")), limit="60/minute;600/hour")
        except (errors.Limited, errors.Unavailable) as error:
            raise forms.ValidationError(str(error)) from error
        cleaned = super().clean()
        user: Any = self.get_user()
        if user is not None and two_factor.of(user) is not None:
            try:
                user.otp_device = two_factor.check(user, str(cleaned.get("code", "")))  # django-otp remembers it with the session
            except (errors.Invalid, errors.Limited, errors.Unavailable) as error:
                raise forms.ValidationError(str(error)) from error
        return cleaned


admin.site.login_form = StaffSignInForm


class StaffCreationForm(_UserCreationForm):
    class Meta:
        model = User
        fields = ("username",)

    def clean_username(self) -> str:
        name: str = super().clean_username()
        if name.casefold() == audit.COMMAND:
            raise forms.ValidationError(gettext("This is what the audit log calls whoever works at the command line."))
        return name


class CredentialInline(ReadingOnly, _CredentialInline):
    """Of which provider a key is, and when it was used. Its hash, its salt and the wrapped data key are shown to nobody."""

    model = Credential
    fields = readonly_fields = ("kind", "provider", "created_at", "last_used_at")


@admin.register(User)
class UserAdmin(ListedFilters, _UserAdmin):
    """Staff are made here, with a name and a password. Of a visitor only "active" changes: without it the key opens nothing."""

    add_form = StaffCreationForm
    add_fieldsets = ((None, {"classes": ("wide",), "fields": ("username", "password1", "password2")}),)
    list_display = ("__str__", "is_staff", "is_active", "created_at")
    list_filter = ("is_staff", "is_active")
    search_fields = ("username", "id")
    ordering = ("-created_at",)
    readonly_fields = ("id", "terms_version", "created_at", "last_login")
    inlines = (CredentialInline,)

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        if obj is None:
            return self.add_fieldsets
        dates = (_("Record"), {"fields": self.readonly_fields})
        if obj.is_visitor:
            return ((None, {"fields": ("is_active",)}), dates)
        rights: tuple[str, ...] = ("is_active",)  # nobody gives rights but who has all
        if isinstance(request.user, User) and request.user.is_superuser:
            rights = ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")
        return ((None, {"fields": ("username", "password")}), (_("Rights"), {"fields": rights}), dates)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_change_permission(request, obj) and _may_touch(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_delete_permission(request, obj) and _may_touch(request, obj)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """How many of what go with an account. Django would read every row of it, and name each."""
        counts: Counter[str] = Counter()
        for user in objs:
            for relation in (each for each in user._meta.related_objects if each.on_delete is models.CASCADE):
                rows = relation.related_model._base_manager.filter(**{relation.field.name: user})
                counts[str(relation.related_model._meta.verbose_name_plural)] += rows.count()
        told = [f"{name}: {count}" for name, count in counts.items() if count]
        return [*map(str, objs), told], {User._meta.verbose_name_plural: len(objs)}, set(), []

    def get_inlines(self, request: HttpRequest, obj: User | None) -> Any:
        return self.inlines if obj is not None and obj.is_visitor else ()

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.reset_two_factor)
        return [path("<uuid:pk>/reset-two-factor/", page, name="accounts_user_reset_two_factor"), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        user = self.get_object(request, object_id)
        more = {"may_reset_two_factor": user is not None and _may_reset(request, user) and two_factor.of(user) is not None}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **more})

    def reset_two_factor(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Asks, then takes another's away, for who has lost phone and codes. One's own is turned off with a code."""
        user, by = get_object_or_404(User, pk=pk), request.user
        if not isinstance(by, User) or not _may_reset(request, user):
            raise PermissionDenied
        if request.method != "POST":
            context = {**self.admin_site.each_context(request), "title": gettext("Reset two-factor"), "original": user}
            return TemplateResponse(request, "admin/accounts/user/reset_two_factor.html", context)
        if two_factor.reset(user, by=by, now=timezone.now()):
            messages.success(request, gettext("The second factor of %(name)s was taken away.") % {"name": user})
        return redirect("admin:accounts_user_change", user.pk)

    def save_model(self, request: HttpRequest, obj: User, form: "ModelForm[User]", change: bool) -> None:
        if not change:
            obj.is_staff = True  # whoever is made here; visitors make themselves
        super().save_model(request, obj, form, change)


def _may_touch(request: HttpRequest, user: User | None) -> bool:
    """Who may do everything is changed by their like alone: a new password for them would be all their rights."""
    return user is None or not user.is_superuser or (isinstance(request.user, User) and request.user.is_superuser)


def _may_reset(request: HttpRequest, user: User) -> bool:
    return isinstance(request.user, User) and request.user.is_superuser and request.user != user


@admin.register(Announcement)
class AnnouncementAdmin(ListedFilters, _AnnouncementAdmin):
    """The banner on every page, and the switch for read only."""

    list_display = ("words", "tone", "is_read_only", "starts_at", "ends_at")
    list_filter = ("is_read_only", "tone")
    ordering = ("-starts_at",)
    formfield_overrides = {models.CharField: {"widget": AdminTextareaWidget(attrs={"rows": 3})}}


@admin.register(AuditEntry)
class AuditEntryAdmin(ListedFilters, ReadingOnly, _AuditEntryAdmin):
    """To read. `manage.py verify_audit` says whether it is as it was written."""

    list_display = ("number", "at", "actor", "action", "subject")
    list_filter = ("action",)
    search_fields = ("actor", "subject")
    fields = readonly_fields = ("number", "at", "actor", "action", "subject", "detail", "digest")
    ordering = ("-number",)
