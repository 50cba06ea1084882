"""What a load's outcome says: one flat record per run, ready to be printed or kept. Pure."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from benchmarks.figures import spread
from benchmarks.load import TTFT_MS, Outcome, Plan

SERVER = ("web", "worker", "redis")


def summary(outcome: Outcome, plan: Plan) -> dict[str, Any]:
    """Delay, lag and loss as the clients saw them; CPU by process, for each token that they received."""
    receipts = list(outcome.receipts.values())
    got = sum(receipt.got for receipt in receipts)
    seconds = outcome.seconds or 1.0
    return {
        "chats": len(receipts),
        "lost_chats": sum(1 for receipt in receipts if receipt.lost or receipt.error),
        "lost_tokens": sum(receipt.lost for receipt in receipts),
        "errors": dict(Counter(receipt.error for receipt in receipts if receipt.error)),
        "tokens": got,
        "tokens_per_second": round(got / seconds),
        "tokens_per_arrival": round(got / max(1, sum(receipt.arrivals for receipt in receipts)), 2),
        "ttft_added_ms": spread([(r.first_at - r.asked_at) / 1000 - TTFT_MS for r in receipts if r.first_at]),
        "to_upstream_ms": spread([(r.sent_first_at - r.asked_at) / 1000 - TTFT_MS for r in receipts if r.sent_first_at]),
        "say_answered_ms": spread([(r.answered_at - r.asked_at) / 1000 for r in receipts if r.answered_at]),
        "lag_ms": spread([lag / 1000 for receipt in receipts for lag in receipt.lags]),
        "cpu_us_per_token": {name: round(used / max(1, got) * 1e6, 1) for name, used in outcome.cpu.items()},
        "cores": {name: round(used / seconds, 3) for name, used in outcome.cpu.items()},
        "client_us_per_token": round(outcome.client_cpu / max(1, got) * 1e6, 1),
        "client_cores": round(outcome.client_cpu / seconds, 3),
        "machine_busy_cores": round(outcome.machine_busy / seconds, 2),
        "rss_peak_mb": {name: round(size, 1) for name, size in outcome.rss_peak.items()},
        "pss_mb": {name: round(size.pss_mb, 1) for name, size in outcome.memory.items()},
        "seconds": round(seconds, 1),
    }


def server_us(record: Mapping[str, Any]) -> float:
    """What the product's own processes use for one token."""
    cpu: Mapping[str, float] = record["cpu_us_per_token"]
    return round(sum(cpu.get(name, 0.0) for name in SERVER), 1)


def ratios(product: Mapping[str, Any], direct: Mapping[str, Any]) -> dict[str, float | None]:
    """The product against the floor of the same run, so that a slow or busy machine cancels out.

    The floor's CPU is what upstream and client use to hand one token over without the product.
    """
    floor = direct["cpu_us_per_token"].get("upstream", 0.0) + direct["client_us_per_token"]
    return {
        "cpu": _ratio(server_us(product), floor),
        "lag_p50": _ratio(product["lag_ms"]["p50"], direct["lag_ms"]["p50"]),
        "lag_p99": _ratio(product["lag_ms"]["p99"], direct["lag_ms"]["p99"]),
    }


def _ratio(value: float | None, floor: float | None) -> float | None:
    return round(value / floor, 1) if value is not None and floor else None
