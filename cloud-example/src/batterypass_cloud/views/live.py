"""The newest device record as readings of a page."""

from __future__ import annotations

from dataclasses import dataclass

from ..records import StoredRecord


@dataclass(frozen=True)
class Reading:
    """One number with its unit."""

    label: str
    text: str
    unit: str
    note: str = ""


def readings(record: StoredRecord) -> list[Reading]:
    """Return what the battery measured last."""
    fields = record.fields
    current = fields["current_ma"]
    direction = "charging" if current > 0 else "discharging" if current < 0 else "at rest"
    low, high = fields["cell_voltage_min_mv"] / 1000, fields["cell_voltage_max_mv"] / 1000
    found = [
        Reading("State of charge", f"{fields['state_of_charge_permille'] / 10:.1f}", "%"),
        Reading(
            "Pack voltage",
            f"{fields['pack_voltage_mv'] / 1000:.1f}",
            "V",
            f"cells {low:.3f} to {high:.3f} V",
        ),
        Reading("Current", f"{abs(current) / 1000:.1f}", "A", direction),
    ]
    temperatures = [value / 10 for value in fields["temperatures_ddegc"]]
    if temperatures:
        found.append(
            Reading(
                "Temperature",
                f"{max(temperatures):.1f}",
                "°C",
                f"{len(temperatures)} sensors, coolest {min(temperatures):.1f} °C",
            )
        )
    energy = fields["energy_throughput_wh"]
    found.append(
        Reading(
            "Full cycles",
            f"{fields['full_cycles']:,}",
            "",
            "" if energy is None else f"{energy / 1000:,.1f} kWh in all",
        )
    )
    resistance = fields["internal_resistance_uohm"]
    if resistance is not None:
        found.append(Reading("Internal resistance", f"{resistance / 1000:.2f}", "mΩ"))
    return found
