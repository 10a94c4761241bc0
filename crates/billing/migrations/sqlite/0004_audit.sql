-- The audit log: who did what, when, from where, with what outcome. Each entry's hash covers every column of it and the
-- hash of the entry before. `audit_heads` says how many there are and what the last hash is, so that the end cannot be
-- cut off unnoticed. What this proves and what it does not: docs/AUDIT.md.

CREATE TABLE audit_heads (
    org_id TEXT NOT NULL PRIMARY KEY REFERENCES organizations (org_id),
    entries INTEGER NOT NULL CHECK (entries >= 0),
    hash TEXT NOT NULL CHECK (length(hash) = 64)
) STRICT;

CREATE TABLE audit_entries (
    org_id TEXT NOT NULL REFERENCES audit_heads (org_id),
    seq INTEGER NOT NULL CHECK (seq >= 1),
    id TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    actor_kind TEXT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    origin TEXT,
    outcome TEXT NOT NULL CHECK (outcome IN ('success', 'failure', 'unknown')),
    detail TEXT NOT NULL,
    prev_hash TEXT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (org_id, seq),
    UNIQUE (org_id, id)
) STRICT;
CREATE INDEX audit_entries_by_subject ON audit_entries (org_id, subject, seq);
CREATE INDEX audit_entries_by_action ON audit_entries (org_id, action, seq);

-- Every organization has a head from its first moment; those that are there already begin now.
INSERT INTO audit_heads (org_id, entries, hash)
SELECT org_id, 0, '0000000000000000000000000000000000000000000000000000000000000000' FROM organizations;
CREATE TRIGGER organizations_audited AFTER INSERT ON organizations
BEGIN
    INSERT INTO audit_heads (org_id, entries, hash)
    VALUES (NEW.org_id, 0, '0000000000000000000000000000000000000000000000000000000000000000');
END;

-- An entry continues the chain at its end or is refused, and takes the head along. (`OR REPLACE` deletes without asking
-- the triggers for deletion, which is why a second entry of the same id, and below a second head, is refused here.)
CREATE TRIGGER audit_entries_follow BEFORE INSERT ON audit_entries
WHEN NOT EXISTS (
    SELECT 1 FROM audit_heads h WHERE h.org_id = NEW.org_id AND h.entries = NEW.seq - 1 AND h.hash = NEW.prev_hash
) OR EXISTS (SELECT 1 FROM audit_entries e WHERE e.org_id = NEW.org_id AND e.id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'audit: an entry follows the last one'); END;
CREATE TRIGGER audit_entries_head AFTER INSERT ON audit_entries
BEGIN UPDATE audit_heads SET entries = NEW.seq, hash = NEW.hash WHERE org_id = NEW.org_id; END;
CREATE TRIGGER audit_entries_stay BEFORE UPDATE ON audit_entries
BEGIN SELECT RAISE(ABORT, 'audit: entries never change'); END;
CREATE TRIGGER audit_entries_keep BEFORE DELETE ON audit_entries
BEGIN SELECT RAISE(ABORT, 'audit: entries never go'); END;

-- A head begins at nothing, moves one entry forward at a time, and only together with that entry.
CREATE TRIGGER audit_heads_begin BEFORE INSERT ON audit_heads
WHEN NEW.entries <> 0 OR EXISTS (SELECT 1 FROM audit_heads h WHERE h.org_id = NEW.org_id)
BEGIN SELECT RAISE(ABORT, 'audit: a head begins once, at nothing'); END;
CREATE TRIGGER audit_heads_forward BEFORE UPDATE ON audit_heads
WHEN NEW.org_id <> OLD.org_id OR NEW.entries <> OLD.entries + 1 OR NOT EXISTS (
    SELECT 1 FROM audit_entries e
    WHERE e.org_id = NEW.org_id AND e.seq = NEW.entries AND e.hash = NEW.hash AND e.prev_hash = OLD.hash
)
BEGIN SELECT RAISE(ABORT, 'audit: a head moves forward with its entry'); END;
CREATE TRIGGER audit_heads_keep BEFORE DELETE ON audit_heads
BEGIN SELECT RAISE(ABORT, 'audit: heads never go'); END;
