"""Numbers in: spreads out. Pure."""

from collections.abc import Sequence


def percentile(ordered: Sequence[float], part: float) -> float:
    """The nearest-rank percentile of what is sorted already: a value that was measured, never one between two."""
    rank = max(1, -(-len(ordered) * part // 1))
    return ordered[int(min(len(ordered), rank)) - 1]


def spread(values: Sequence[float]) -> dict[str, float | None]:
    """p50, p95, p99, the largest, and how many there were."""
    ordered = sorted(values)
    if not ordered:
        return {"p50": None, "p95": None, "p99": None, "max": None, "n": 0}
    parts = {"p50": 0.50, "p95": 0.95, "p99": 0.99, "max": 1.0}
    found: dict[str, float | None] = {name: round(percentile(ordered, part), 2) for name, part in parts.items()}
    return found | {"n": len(ordered)}
