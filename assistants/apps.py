from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_delete


class AssistantsConfig(AppConfig):
    name = "assistants"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from assistants import orphans, word_index

        post_migrate.connect(word_index.prepare, sender=self)
        pre_delete.connect(orphans.retire, sender="accounts.User", dispatch_uid="orphans")
