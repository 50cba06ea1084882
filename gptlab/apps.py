from django.apps import AppConfig


class GptlabConfig(AppConfig):
    name = "gptlab"
    verbose_name = "GPT Lab"

    def ready(self) -> None:
        from gptlab import checks  # noqa: F401  registers them
