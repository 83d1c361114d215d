-- Times are Unix seconds (UTC). Thumbprints are RFC 7638 SHA-256 in base64url, 43 characters.

-- Published keys and their roles. The ledger takes this table over behind the Registry protocol.
CREATE TABLE keys (
    thumbprint    TEXT    PRIMARY KEY CHECK (length(thumbprint) = 43),
    did           TEXT    NOT NULL UNIQUE,
    sec1          BLOB    NOT NULL CHECK (length(sec1) = 65),
    role          TEXT    NOT NULL CHECK (role IN ('authority', 'operator', 'data_broker', 'bms')),
    name          TEXT    NOT NULL DEFAULT '',
    passport_id   TEXT    REFERENCES passports (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    registered_at INTEGER NOT NULL,
    revoked_at    INTEGER,
    CHECK ((role = 'bms') = (passport_id IS NOT NULL))
) STRICT;

-- A battery has one active key. A revoked one stays, so that its label can be recognised.
CREATE UNIQUE INDEX keys_active_bms ON keys (passport_id)
    WHERE role = 'bms' AND revoked_at IS NULL;
CREATE INDEX keys_of_passport ON keys (passport_id) WHERE passport_id IS NOT NULL;

CREATE TABLE passports (
    id                    TEXT    PRIMARY KEY,
    operator              TEXT    NOT NULL REFERENCES keys (thumbprint),
    gtin                  TEXT,
    serial                TEXT,
    public_credential     TEXT    NOT NULL,
    full_credential       TEXT    NOT NULL,
    production_credential TEXT    NOT NULL,
    created_at            INTEGER NOT NULL,
    CHECK ((gtin IS NULL) = (serial IS NULL))
) STRICT;

CREATE UNIQUE INDEX passports_product ON passports (gtin, serial) WHERE gtin IS NOT NULL;

CREATE TABLE grants (
    id          INTEGER PRIMARY KEY,
    passport_id TEXT    NOT NULL REFERENCES passports (id) ON DELETE CASCADE,
    subject     TEXT    NOT NULL REFERENCES keys (thumbprint),
    purpose     TEXT    NOT NULL,
    created_at  INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL,
    revoked_at  INTEGER
) STRICT;
CREATE INDEX grants_of_passport ON grants (passport_id, subject);

-- One row per accepted device record: as received, as signed, and decoded.
CREATE TABLE records (
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
    pack_voltage_mv               INTEGER NOT NULL,
    cell_voltage_min_mv           INTEGER NOT NULL,
    cell_voltage_max_mv           INTEGER NOT NULL,
    current_ma                    INTEGER NOT NULL,
    temperatures_ddegc            TEXT    NOT NULL,
    time_above_limit_min          INTEGER NOT NULL,
    time_below_limit_min          INTEGER NOT NULL,
    time_above_limit_charging_min INTEGER NOT NULL,
    time_below_limit_charging_min INTEGER NOT NULL,
    full_cycles                   INTEGER NOT NULL,
    energy_throughput_wh          INTEGER NOT NULL,
    capacity_throughput_mah       INTEGER NOT NULL,
    internal_resistance_uohm      INTEGER NOT NULL,
    deep_discharge_events         INTEGER NOT NULL,
    overcharge_events             INTEGER NOT NULL,
    over_temperature_events       INTEGER NOT NULL,
    UNIQUE (passport_id, sequence)
) STRICT;

-- What stays of a deleted passport: hashes, when, and who. No content.
CREATE TABLE tombstones (
    id_hash      BLOB    PRIMARY KEY CHECK (length(id_hash) = 32),
    product_hash BLOB    CHECK (length(product_hash) = 32),
    deleted_at   INTEGER NOT NULL,
    deleted_by   TEXT    NOT NULL
) STRICT;
CREATE INDEX tombstones_of_product ON tombstones (product_hash) WHERE product_hash IS NOT NULL;

-- Deletions whose freed pages have not been overwritten yet; normally empty.
CREATE TABLE pending_scrubs (
    id_hash BLOB PRIMARY KEY CHECK (length(id_hash) = 32)
) STRICT;

-- Proofs already used (RFC 9449 section 11.1), as hashes, until they are too old to be accepted.
CREATE TABLE used_proofs (
    proof_hash BLOB    PRIMARY KEY CHECK (length(proof_hash) = 32),
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX used_proofs_by_expiry ON used_proofs (expires_at);

-- Login links (used once) and browser sessions. Tokens are stored as SHA-256 only.
CREATE TABLE sessions (
    token_hash  BLOB    PRIMARY KEY CHECK (length(token_hash) = 32),
    kind        TEXT    NOT NULL CHECK (kind IN ('login', 'session')),
    thumbprint  TEXT    NOT NULL REFERENCES keys (thumbprint) ON DELETE CASCADE,
    passport_id TEXT    NOT NULL REFERENCES passports (id) ON DELETE CASCADE,
    expires_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_by_expiry ON sessions (expires_at);
CREATE INDEX sessions_of_passport ON sessions (passport_id);
