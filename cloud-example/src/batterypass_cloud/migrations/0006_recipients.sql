-- When the operator last asked whom the battery is to seal to. A record must name those who were
-- mandatory then: a battery cannot know of keys that were registered later.
ALTER TABLE passports ADD COLUMN recipients_at INTEGER NOT NULL DEFAULT 0;
UPDATE passports SET recipients_at = created_at;
