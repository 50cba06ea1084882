"""Records as lines that people read."""

from collections.abc import Mapping
from typing import Any

from benchmarks.accounting import server_us

HEAD = (
    f"{'streams':>8}{'via':>9}{'chats':>7}{'lost':>6}  {'first token +ms p50/p95/p99':<28}{'lag ms p50/p99/max':<24}"
    f"{'µs/token web+worker+redis':<32}{'tokens/s':>9}{'client cores':>14}"
)


def line(streams: int, via: str, record: Mapping[str, Any]) -> str:
    cpu = record["cpu_us_per_token"]
    parts = " + ".join(f"{cpu.get(name, 0):.0f}" for name in ("web", "worker", "redis"))
    used = f"{parts} = {server_us(record):.0f}" if via == "product" else f"{cpu.get('upstream', 0):.0f} (upstream)"
    first, lag = _row(record["ttft_added_ms"], "p50", "p95", "p99"), _row(record["lag_ms"], "p50", "p99", "max")
    return (
        f"{streams:>8}{via:>9}{record['chats']:>7}{record['lost_chats']:>6}  {first:<28}{lag:<24}"
        f"{used:<32}{record['tokens_per_second']:>9}{record['client_cores']:>14.2f}"
    )


def remarks(record: Mapping[str, Any]) -> str:
    """What does not fit into the line."""
    found = [
        f"say answered {_row(record['say_answered_ms'], 'p50', 'p95', 'p99')} ms",
        f"upstream asked after {_row(record['to_upstream_ms'], 'p50', 'p95', 'p99')} ms",
        f"{record['tokens_per_arrival']} tokens an arrival",
        f"machine busy {record['machine_busy_cores']} cores",
    ]
    sizes = [f"{name} {record['rss_idle_mb'].get(name, 0):.0f}→{peak:.0f}" for name, peak in record["rss_peak_mb"].items()]
    found.append(f"RSS MB idle→peak: {', '.join(sizes)}")
    return "".join(f"{'':>10}{text}\n" for text in found) + "".join(
        f"{'':>10}LOST {count}×: {reason}\n" for reason, count in record["errors"].items()
    )


def _row(values: Mapping[str, Any], *names: str) -> str:
    return " / ".join("–" if values[name] is None else f"{values[name]:.1f}" for name in names)
