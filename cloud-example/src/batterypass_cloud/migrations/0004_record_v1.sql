-- Version 1 of the record as it was frozen: more fields, and what a device does not know is NULL.

CREATE TABLE records_v1 (
    id                            INTEGER PRIMARY KEY,
    passport_id                   TEXT    NOT NULL REFERENCES passports (id) ON DELETE CASCADE,
    sequence                      INTEGER NOT NULL CHECK (sequence >= 0),
    received_at                   INTEGER NOT NULL,
    envelope                      BLOB    NOT NULL,
    signed_record                 BLOB    NOT NULL,
    device_key                    TEXT    NOT NULL,
    device_time_s                 INTEGER NOT NULL,
    time_quality                  INTEGER NOT NULL,
    state_of_charge_permille      INTEGER NOT NULL,
    state_of_certified_energy_permille INTEGER,
    remaining_capacity_mah        INTEGER,
    remaining_energy_wh           INTEGER,
    remaining_power_w             INTEGER,
    round_trip_efficiency_permille INTEGER,
    self_discharge_ppm_per_month  INTEGER,
    internal_resistance_uohm      INTEGER,
    pack_voltage_mv               INTEGER NOT NULL,
    cell_voltage_min_mv           INTEGER NOT NULL,
    cell_voltage_max_mv           INTEGER NOT NULL,
    current_ma                    INTEGER NOT NULL,
    temperatures_ddegc            TEXT    NOT NULL,
    time_above_limit_min          INTEGER,
    time_below_limit_min          INTEGER,
    time_above_limit_charging_min INTEGER,
    time_below_limit_charging_min INTEGER,
    full_cycles                   INTEGER NOT NULL,
    energy_throughput_wh          INTEGER,
    capacity_throughput_mah       INTEGER,
    deep_discharge_events         INTEGER,
    overcharge_events             INTEGER,
    over_temperature_events       INTEGER,
    over_current_events           INTEGER,
    accident_events               INTEGER,
    UNIQUE (passport_id, sequence)
) STRICT;

INSERT INTO records_v1 (
    id, passport_id, sequence, received_at, envelope, signed_record, device_key, device_time_s,
    time_quality, state_of_charge_permille, state_of_certified_energy_permille,
    remaining_capacity_mah, internal_resistance_uohm, pack_voltage_mv, cell_voltage_min_mv,
    cell_voltage_max_mv, current_ma, temperatures_ddegc, time_above_limit_min, time_below_limit_min,
    time_above_limit_charging_min, time_below_limit_charging_min, full_cycles, energy_throughput_wh,
    capacity_throughput_mah, deep_discharge_events, overcharge_events, over_temperature_events
) SELECT
    id, passport_id, sequence, received_at, envelope, signed_record, device_key, device_time_s,
    time_quality, state_of_charge_permille, state_of_certified_energy_permille,
    remaining_capacity_mah, internal_resistance_uohm, pack_voltage_mv, cell_voltage_min_mv,
    cell_voltage_max_mv, current_ma, temperatures_ddegc, time_above_limit_min, time_below_limit_min,
    time_above_limit_charging_min, time_below_limit_charging_min, full_cycles, energy_throughput_wh,
    capacity_throughput_mah, deep_discharge_events, overcharge_events, over_temperature_events
FROM records;

DROP TABLE records;
ALTER TABLE records_v1 RENAME TO records;
