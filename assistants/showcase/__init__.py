"""The house's own assistants: read from the files beside this, checked, and kept up to date in the database."""

from assistants.showcase.loading import Loaded, load
from assistants.showcase.reading import HouseAssistant, InvalidShowcase, read

__all__ = ["HouseAssistant", "InvalidShowcase", "Loaded", "load", "read"]
