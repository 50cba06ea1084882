from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.db.models.signals import post_delete, post_save


class AccountsConfig(AppConfig):
    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts import admin_log, announcing

        for signal in (post_save, post_delete):
            signal.connect(announcing.forget, sender="accounts.Announcement", dispatch_uid="announcing")
        post_save.connect(admin_log.copy, sender="admin.LogEntry", dispatch_uid="admin_log")


class LabAdminConfig(AdminConfig):
    """Django's, with our way in."""

    default_site = "accounts.admin_site.LabAdminSite"
