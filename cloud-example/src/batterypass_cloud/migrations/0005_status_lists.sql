-- A row for each status list: what it is for, how full it is, and how often it has changed. The
-- version is what a signed list is kept by.
CREATE TABLE status_lists (
    number  INTEGER PRIMARY KEY CHECK (number >= 1),
    purpose TEXT    NOT NULL CHECK (purpose IN ('revocation', 'suspension')),
    used    INTEGER NOT NULL DEFAULT 0 CHECK (used >= 0),
    version INTEGER NOT NULL DEFAULT 0 CHECK (version >= 0)
) STRICT;
INSERT INTO status_lists (number, purpose, used)
    SELECT list, min(purpose), count(*) FROM status_entries GROUP BY list;
ALTER TABLE status_entries DROP COLUMN purpose;
