-- Status lists of the credentials that this server issues (W3C Bitstring Status List 1.0).
-- One row per position that has been given out. A position is never used twice.
CREATE TABLE status_entries (
    list     INTEGER NOT NULL CHECK (list >= 1),
    position INTEGER NOT NULL CHECK (position >= 0),
    purpose  TEXT    NOT NULL CHECK (purpose IN ('revocation', 'suspension')),
    owner    TEXT    NOT NULL,
    value    INTEGER NOT NULL DEFAULT 0 CHECK (value IN (0, 1)),
    PRIMARY KEY (list, position)
) STRICT, WITHOUT ROWID;
