from django.db import migrations, models

from gptlab.folding import folded


def fill(apps, schema_editor):
    """As Assistant.save() does from here on."""
    for assistant in apps.get_model("assistants", "Assistant").objects.iterator():
        texts = [assistant.name, assistant.tagline, assistant.description, *map(str, assistant.tags)]
        assistant.search_text = folded("\n".join(texts))
        assistant.save(update_fields=["search_text"])


class Migration(migrations.Migration):
    dependencies = [("assistants", "0002_flagged")]

    operations = [
        migrations.AddField(
            model_name="assistant", name="search_text", field=models.TextField(default="", editable=False)
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
