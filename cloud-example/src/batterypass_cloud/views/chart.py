"""State of charge over the received records, as coordinates of an SVG drawing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from ..records import StoredRecord

WIDTH, HEIGHT = 640, 240
LEFT, RIGHT, TOP, BOTTOM = 66, 14, 14, 36
MAX_DOTS = 40


@dataclass(frozen=True)
class Tick:
    """A mark on an axis: where, and its text."""

    at: float
    text: str


@dataclass(frozen=True)
class Chart:
    """The drawing's parts."""

    width: int
    height: int
    left: int
    right: int
    base: int
    line: str
    area: str
    dots: list[tuple[float, float]]
    levels: list[Tick]
    times: list[Tick]
    summary: str


def chart(history: Sequence[StoredRecord]) -> Chart:
    """Lay out at least two records, oldest first."""
    times = [record.measured_at for record in history]
    if times != sorted(times) or times[0] == times[-1]:
        # Without a usable clock the order of the records is all there is.
        times = list(range(len(history)))
        labels = [f"record {history[0].sequence}", f"record {history[-1].sequence}"]
    else:
        labels = [_clock(times[0], times), _clock(times[-1], times)]
    charges = [record.fields["state_of_charge_permille"] / 10 for record in history]
    low, high = _range(charges)
    right, base = WIDTH - RIGHT, HEIGHT - BOTTOM

    def x(time: float) -> float:
        return round(LEFT + (time - times[0]) / (times[-1] - times[0]) * (right - LEFT), 1)

    def y(charge: float) -> float:
        return round(base - (charge - low) / (high - low) * (base - TOP), 1)

    points = [(x(time), y(charge)) for time, charge in zip(times, charges, strict=True)]
    line = " ".join(f"{px},{py}" for px, py in points)
    step = (high - low) / 4
    return Chart(
        width=WIDTH,
        height=HEIGHT,
        left=LEFT,
        right=right,
        base=base,
        line=line,
        area=f"{points[0][0]},{base} {line} {points[-1][0]},{base}",
        dots=points if len(points) <= MAX_DOTS else points[-1:],
        levels=[Tick(y(low + n * step), f"{low + n * step:g} %") for n in range(5)],
        times=[Tick(LEFT, labels[0]), Tick(right, labels[1])],
        summary=(
            f"State of charge over {len(history)} records, "
            f"from {charges[0]:.1f} % to {charges[-1]:.1f} %."
        ),
    )


def _range(charges: Sequence[float]) -> tuple[float, float]:
    """Return the axis: a few per cent around the values, or all of it when they vary."""
    for step in (1, 2, 5, 10):
        low = min(math.floor(min(charges) / step) * step, 100 - 4 * step)
        if max(charges) <= low + 4 * step:
            return low, low + 4 * step
    return 0.0, 100.0


def _clock(at: int, times: Sequence[int]) -> str:
    moment = datetime.fromtimestamp(at, UTC)
    if times[-1] - times[0] > 86_400:
        return f"{moment.day} {moment:%b %H:%M} UTC"
    return f"{moment:%H:%M:%S} UTC"
