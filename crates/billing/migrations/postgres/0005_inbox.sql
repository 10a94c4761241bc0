-- What the processor tells by itself: stored once by its own id, and applied in its own time.

-- Holds the facts that follow from an event and nothing else of it: what it says of people stays with the processor.
CREATE TABLE processor_events (
    vault TEXT NOT NULL,
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    -- Whose it is and what it is about, where that is known.
    org_id TEXT,
    facts TEXT NOT NULL,
    source TEXT NOT NULL CHECK (source IN ('webhook', 'poll')),
    status TEXT NOT NULL CHECK (status IN ('received', 'applied', 'ignored', 'contradiction', 'given_up')),
    tries BIGINT NOT NULL DEFAULT 0,
    due_at_ms BIGINT NOT NULL,
    happened_at_ms BIGINT NOT NULL,
    received_at_ms BIGINT NOT NULL,
    applied_at_ms BIGINT,
    PRIMARY KEY (vault, id)
);
CREATE INDEX processor_events_due ON processor_events (due_at_ms) WHERE status = 'received';
CREATE INDEX processor_events_by_age ON processor_events (received_at_ms);

-- How far the processor's list of events has been read.
CREATE TABLE processor_cursors (
    vault TEXT NOT NULL PRIMARY KEY,
    read_until_s BIGINT NOT NULL
);

CREATE INDEX payments_by_reference ON payments (processor_reference);
CREATE INDEX mandates_by_reference ON mandates (processor_reference) WHERE processor_reference IS NOT NULL;

ALTER TABLE processor_events ENABLE ROW LEVEL SECURITY;
ALTER TABLE processor_events FORCE ROW LEVEL SECURITY;
CREATE POLICY by_worker ON processor_events USING (current_setting('paydesk.worker', true) = 'on');
ALTER TABLE processor_cursors ENABLE ROW LEVEL SECURITY;
ALTER TABLE processor_cursors FORCE ROW LEVEL SECURITY;
CREATE POLICY by_worker ON processor_cursors USING (current_setting('paydesk.worker', true) = 'on');
CREATE POLICY by_worker_look ON mandates FOR SELECT USING (current_setting('paydesk.worker', true) = 'on');
