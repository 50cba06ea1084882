import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


from assistants.words import searchable

IN_COMMUNITY = models.Q(('is_active', True), ('showcased', False), ('visibility', 'listed'))


def community(fields, *, name):
    index = models.Index(fields=fields, condition=IN_COMMUNITY, name=name)
    return migrations.AddIndex(model_name='assistant', index=index)


def fill(apps, schema_editor):
    """As Assistant.save() does from here on."""
    for assistant in apps.get_model('assistants', 'Assistant').objects.iterator():
        texts = [assistant.name, assistant.tagline, assistant.description, *map(str, assistant.tags)]
        assistant.search_text = searchable(texts)
        assistant.save(update_fields=['search_text'])


class Migration(migrations.Migration):

    dependencies = [
        ('assistants', '0005_lab'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.CreateModel(
            name='Favourite',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField()),
                ('assistant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='favourites', to='assistants.assistant')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='favourites', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddConstraint(
            model_name='favourite',
            constraint=models.UniqueConstraint(fields=('user', 'assistant'), name='one_favourite_per_user_and_assistant'),
        ),
        migrations.AddField(
            model_name='assistant', name='people', field=models.PositiveIntegerField(default=0, editable=False)
        ),
        migrations.AddField(
            model_name='assistant', name='raters', field=models.PositiveIntegerField(default=0, editable=False)
        ),
        migrations.AddField(
            model_name='assistant', name='likers', field=models.PositiveIntegerField(default=0, editable=False)
        ),
        migrations.AddField(
            model_name='assistant', name='liking', field=models.FloatField(default=0.0, editable=False)
        ),
        community(['-people', '-id'], name='community_popular'),
        community(['category', '-people', '-id'], name='community_category_popular'),
        community(['-liking', '-id'], name='community_liked'),
        community(['category', '-liking', '-id'], name='community_category_liked'),
        community(['-created_at', '-id'], name='community_new'),
        community(['category', '-created_at', '-id'], name='community_category_new'),
        migrations.AddIndex(
            model_name='assistant',
            index=models.Index(fields=['active_version'], condition=models.Q(('showcased', True)), name='showcased_assistants'),
        ),
    ]
