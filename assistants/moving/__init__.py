"""An operator's assistants from one installation to another: as one file, in the clear or sealed under a passphrase."""

from assistants.moving.file import Unusable, WrongPassphrase, is_sealed, read, written
from assistants.moving.packing import Moved, pack
from assistants.moving.unpacking import Arrived, unpack

__all__ = ["Arrived", "Moved", "Unusable", "WrongPassphrase", "is_sealed", "pack", "read", "unpack", "written"]
