-- The audit log: who did what, when, from where, with what outcome. Each entry's hash covers every column of it and the
-- hash of the entry before. `audit_heads` says how many there are and what the last hash is, so that the end cannot be
-- cut off unnoticed. What this proves and what it does not: docs/AUDIT.md.

CREATE TABLE audit_heads (
    org_id TEXT NOT NULL PRIMARY KEY REFERENCES organizations (org_id),
    entries BIGINT NOT NULL CHECK (entries >= 0),
    hash TEXT NOT NULL CHECK (length(hash) = 64)
);

CREATE TABLE audit_entries (
    org_id TEXT NOT NULL REFERENCES audit_heads (org_id),
    seq BIGINT NOT NULL CHECK (seq >= 1),
    id TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
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
);
CREATE INDEX audit_entries_by_subject ON audit_entries (org_id, subject, seq);
CREATE INDEX audit_entries_by_action ON audit_entries (org_id, action, seq);

-- Every organization has a head from its first moment; those that are there already begin now. Row-level security
-- binds the owner as well, who acts for nobody here: it is lifted for this one statement.
ALTER TABLE organizations NO FORCE ROW LEVEL SECURITY;
INSERT INTO audit_heads (org_id, entries, hash) SELECT org_id, 0, repeat('0', 64) FROM organizations;
ALTER TABLE organizations FORCE ROW LEVEL SECURITY;
CREATE FUNCTION audit_must_begin() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO audit_heads (org_id, entries, hash) VALUES (NEW.org_id, 0, repeat('0', 64));
    RETURN NULL;
END $$;
CREATE TRIGGER organizations_audited AFTER INSERT ON organizations FOR EACH ROW EXECUTE FUNCTION audit_must_begin();

-- An entry continues the chain at its end or is refused, and takes the head along.
CREATE FUNCTION audit_must_follow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE audit_heads SET entries = NEW.seq, hash = NEW.hash
    WHERE org_id = NEW.org_id AND entries = NEW.seq - 1 AND hash = NEW.prev_hash;
    IF NOT FOUND THEN RAISE EXCEPTION 'audit: an entry follows the last one';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER audit_entries_follow AFTER INSERT ON audit_entries
    FOR EACH ROW EXECUTE FUNCTION audit_must_follow();

-- A head begins at nothing, moves one entry forward at a time, and only together with that entry.
CREATE FUNCTION audit_head_must_begin() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.entries <> 0 THEN RAISE EXCEPTION 'audit: a head begins once, at nothing';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER audit_heads_begin BEFORE INSERT ON audit_heads
    FOR EACH ROW EXECUTE FUNCTION audit_head_must_begin();
CREATE FUNCTION audit_head_must_advance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.org_id <> OLD.org_id OR NEW.entries <> OLD.entries + 1 OR NOT EXISTS (
        SELECT 1 FROM audit_entries e
        WHERE e.org_id = NEW.org_id AND e.seq = NEW.entries AND e.hash = NEW.hash AND e.prev_hash = OLD.hash
    )
    THEN RAISE EXCEPTION 'audit: a head moves forward with its entry';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER audit_heads_forward BEFORE UPDATE ON audit_heads
    FOR EACH ROW EXECUTE FUNCTION audit_head_must_advance();

CREATE FUNCTION audit_must_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit: what is written stays';
END $$;
CREATE TRIGGER audit_entries_stay BEFORE UPDATE OR DELETE ON audit_entries
    FOR EACH ROW EXECUTE FUNCTION audit_must_stay();
CREATE TRIGGER audit_entries_whole BEFORE TRUNCATE ON audit_entries EXECUTE FUNCTION audit_must_stay();
CREATE TRIGGER audit_heads_keep BEFORE DELETE ON audit_heads FOR EACH ROW EXECUTE FUNCTION audit_must_stay();
CREATE TRIGGER audit_heads_whole BEFORE TRUNCATE ON audit_heads EXECUTE FUNCTION audit_must_stay();

-- Row-level security as everywhere. The verifier alone sees which organizations there are.
DO $$
DECLARE
    name TEXT;
BEGIN
    FOREACH name IN ARRAY ARRAY['audit_heads', 'audit_entries'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format(
            'CREATE POLICY by_organization ON %I USING (org_id = current_setting(''paydesk.organization'', true))'
            ' WITH CHECK (org_id = current_setting(''paydesk.organization'', true))', name);
    END LOOP;
END $$;
CREATE POLICY by_auditor ON organizations FOR SELECT USING (current_setting('paydesk.auditor', true) = 'on');
