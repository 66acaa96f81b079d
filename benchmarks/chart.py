"""Draws the comparison on PostgreSQL. Runs in the peers' environment, where matplotlib is, and imports nothing of ours.

Run as `python chart.py samples.json chart.png`.
"""

import json
import sys
from collections import defaultdict
from pathlib import Path
from statistics import median
from typing import Any

import matplotlib as mpl

mpl.use("agg")
import matplotlib.pyplot as plt

TITLES = {
    "one": "One customer, 8 fields",
    "list": "50 customers of 8 fields",
    "nested": "50 customers, relationship, agreements",
    "update": "Update with its audit row",
    "typename": "{ __typename }",
}
OURS, FIRST = "Clientela", "stock Strawberry"
OUR_COLOUR, OTHER_COLOUR = "#0b6e4f", "#a9b4bd"


def draw(samples: list[dict[str, Any]], path: Path) -> None:
    """Draws requests/s at the most connections, a panel an operation."""
    timed = [sample for sample in samples if sample["setting"] == "postgresql" and sample["round"]]
    if not timed:
        return
    most = max(sample["connections"] for sample in timed)
    figures: defaultdict[str, defaultdict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for sample in timed:
        if sample["connections"] == most:
            figures[sample["operation"]][sample["server"]].append(sample["per_second"])
    shown = [key for key in TITLES if key in figures]
    figure, panels = plt.subplots(len(shown), 1, figsize=(8.5, 2.1 * len(shown)), squeeze=False)
    for panel, key in zip(panels[:, 0], shown, strict=True):
        _panel(panel, TITLES[key], {server: median(found) for server, found in figures[key].items()})
    figure.suptitle(f"Requests a second at {most} connections, one process each (longer is better)", fontsize=11)
    figure.tight_layout(rect=(0, 0, 1, 0.985))
    figure.savefig(path, dpi=130)


def _panel(panel: Any, title: str, rates: dict[str, float]) -> None:  # noqa: ANN401 - matplotlib carries no types
    ordered = sorted(rates.items(), key=lambda entry: entry[1])
    bars = panel.barh(
        [server for server, _ in ordered],
        [rate for _, rate in ordered],
        color=[OUR_COLOUR if server == OURS else OTHER_COLOUR for server, _ in ordered],
    )
    slowest = rates.get(FIRST)
    labels = [f"{rate:,.0f}" + (f"  ({rate / slowest:.1f} times stock)" if slowest else "") for _, rate in ordered]
    panel.bar_label(bars, labels=labels, padding=3, fontsize=7)
    panel.set_title(title, fontsize=9, loc="left")
    panel.tick_params(labelsize=7)
    panel.set_xlim(0, max(rates.values()) * 1.28)
    panel.xaxis.set_visible(False)
    panel.spines[["top", "right", "bottom"]].set_visible(False)


if __name__ == "__main__":
    draw(json.loads(Path(sys.argv[1]).read_text("utf-8")), Path(sys.argv[2]))
