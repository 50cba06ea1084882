"""Pages and partials of the talk. Each view: owned look-up, one domain call, render or redirect."""
