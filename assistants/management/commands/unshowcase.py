"""`manage.py unshowcase CODE…`: take assistants off the showcase."""

from assistants.management.commands import showcase


class Command(showcase.Command):
    help = (
        "Takes assistants off the showcase. They stay listed, and their chats go on. Running it again changes nothing. Exits "
        "with 1 if a code was refused; the others are done."
    )
    showcased = False
