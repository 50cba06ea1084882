from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("assistants", "0006_lounge_for_many")]

    operations = [
        migrations.AddField(model_name="assistantday", name="people", field=models.PositiveIntegerField(default=0)),
    ]
