"""Does a draft keep its prompt? A set of attacks on the model with it, in its maker's name, and what got out of each.

Runs in workers. No reply is kept: only how much of the prompt was in it, and whether the guard would have stopped it.
"""

from chats.leak_check.attacks import TOTAL
from chats.leak_check.checking import begin, check_of, digest_of, run, stop

__all__ = ["TOTAL", "begin", "check_of", "digest_of", "run", "stop"]
