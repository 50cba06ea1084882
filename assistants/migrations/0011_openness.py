from django.db import migrations, models


def by_version(apps, schema_editor):
    """What is live is as open as its assistant was. Older versions may have been secret in their day: they are, from here on."""
    for assistant in apps.get_model('assistants', 'Assistant').objects.exclude(active_version=None).iterator():
        openness = 'clonable' if assistant.may_be_cloned else 'public' if assistant.prompt_is_public else 'secret'
        apps.get_model('assistants', 'Version').objects.filter(pk=assistant.active_version_id).update(openness=openness)


class Migration(migrations.Migration):

    dependencies = [('assistants', '0010_queue')]

    operations = [
        migrations.AddField(
            model_name='version',
            name='openness',
            field=models.CharField(
                choices=[('secret', 'Secret, guarded'), ('public', 'Not guarded'), ('clonable', 'Free to clone')],
                default='secret',
                max_length=16,
            ),
        ),
        migrations.RunPython(by_version, migrations.RunPython.noop),
        migrations.RemoveField(model_name='assistant', name='may_be_cloned'),
        migrations.RemoveField(model_name='assistant', name='prompt_is_public'),
    ]
