"""The maker's side of assistants: drafts, versions, retiring, copies. Domain rules only: no HTTP here.

An assistant exists from the first word of its draft on, with a code of its own, private and without a version. Publishing
copies the draft into it. Until then nobody sees anything of what is typed.
"""

from assistants.lab.copying import FILE_MOST_BYTES, can_be_cloned, clone, exported, imported
from assistants.lab.drafts import begin, discard, for_change, keep, live_number, on_the_bench, owned, start_over, typed
from assistants.lab.versions import annotate, numbers, publish, restore, retire, roll_back, to_be_tried, tried

__all__ = [
    "FILE_MOST_BYTES",
    "annotate",
    "begin",
    "can_be_cloned",
    "clone",
    "discard",
    "exported",
    "for_change",
    "imported",
    "keep",
    "live_number",
    "numbers",
    "on_the_bench",
    "owned",
    "publish",
    "restore",
    "retire",
    "roll_back",
    "start_over",
    "to_be_tried",
    "tried",
    "typed",
]
