-- Mandates, what a human must look at, tries that are planned, and who leads.

-- A payer's agreement to be debited. Never changed but for its end.
CREATE TABLE mandates (
    org_id TEXT NOT NULL REFERENCES organizations (org_id),
    id TEXT NOT NULL,
    login_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    -- The saved method that it stands for; none when it was given for one debit of an account that was not saved.
    method_id TEXT,
    kind TEXT NOT NULL CHECK (kind IN ('ach', 'pad')),
    scope TEXT NOT NULL CHECK (scope IN ('one_time', 'standing')),
    holder_type TEXT NOT NULL CHECK (holder_type IN ('personal', 'business')),
    currency TEXT NOT NULL,
    amount_max BIGINT,
    text_version TEXT NOT NULL,
    text_hash TEXT NOT NULL,
    text TEXT NOT NULL,
    locale TEXT NOT NULL,
    accepted_at_ms BIGINT NOT NULL,
    actor TEXT NOT NULL,
    address TEXT,
    user_agent TEXT,
    -- What the processor calls it, once it has it.
    processor_reference TEXT,
    used_by TEXT,
    ended_at_ms BIGINT,
    ended_because TEXT,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, account_id) REFERENCES accounts (org_id, id),
    CHECK ((ended_at_ms IS NULL) = (ended_because IS NULL))
);
CREATE UNIQUE INDEX mandates_one_standing ON mandates (org_id, method_id) WHERE scope = 'standing' AND ended_at_ms IS NULL;
CREATE INDEX mandates_by_account ON mandates (org_id, account_id, id);

-- The Payment Action Center: what no program can decide.
CREATE TABLE action_items (
    org_id TEXT NOT NULL REFERENCES organizations (org_id),
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    account_id TEXT NOT NULL,
    -- The attempt, payment or refund that it is about.
    subject TEXT NOT NULL,
    amount BIGINT NOT NULL,
    currency TEXT NOT NULL,
    code TEXT,
    created_at_ms BIGINT NOT NULL,
    closed_at_ms BIGINT,
    closed_because TEXT,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, account_id) REFERENCES accounts (org_id, id),
    CHECK ((closed_at_ms IS NULL) = (closed_because IS NULL))
);
CREATE UNIQUE INDEX action_items_one_open ON action_items (org_id, kind, subject) WHERE closed_at_ms IS NULL;
CREATE INDEX action_items_open ON action_items (org_id, id) WHERE closed_at_ms IS NULL;

-- A debt that is to be tried again. The new attempt is made in the transaction that marks this as done.
CREATE TABLE retries (
    org_id TEXT NOT NULL REFERENCES organizations (org_id),
    -- The attempt that failed.
    attempt_id TEXT NOT NULL,
    due_at_ms BIGINT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    done_at_ms BIGINT,
    -- The attempt that was made, or why none was.
    made TEXT,
    obsolete_because TEXT,
    PRIMARY KEY (org_id, attempt_id),
    FOREIGN KEY (org_id, attempt_id) REFERENCES attempts (org_id, id)
);
CREATE INDEX retries_due ON retries (due_at_ms) WHERE done_at_ms IS NULL;

-- One order to give money back, and the queue of what is still to be done about it.
CREATE TABLE refunds (
    org_id TEXT NOT NULL,
    id TEXT NOT NULL,
    payment_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    invoice_id TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('void', 'refund', 'cancel_debit')),
    amount BIGINT NOT NULL CHECK (amount > 0),
    currency TEXT NOT NULL,
    reason TEXT,
    -- Which lines it is taken from, as JSON; none for the newest first.
    lines TEXT,
    idempotency_key TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN
        ('created', 'sending', 'in_doubt', 'pending', 'succeeded', 'failed', 'refused', 'failed_before_send')),
    -- The processor's name for it, or why it came to nothing.
    detail TEXT,
    processor_reference TEXT,
    fence BIGINT NOT NULL DEFAULT 0,
    lease_owner TEXT,
    leased_until_ms BIGINT,
    due_at_ms BIGINT NOT NULL,
    look_ups BIGINT NOT NULL DEFAULT 0,
    created_at_ms BIGINT NOT NULL,
    first_sent_at_ms BIGINT,
    sent_at_ms BIGINT,
    decided_at_ms BIGINT,
    handed_over_at_ms BIGINT,
    PRIMARY KEY (org_id, id),
    UNIQUE (org_id, idempotency_key),
    FOREIGN KEY (org_id, payment_id) REFERENCES payments (org_id, id)
);
CREATE INDEX refunds_by_payment ON refunds (org_id, payment_id);
CREATE INDEX refunds_due ON refunds (status, due_at_ms) WHERE status IN ('created', 'sending', 'in_doubt');
CREATE FUNCTION refunds_never_above_payment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.amount + (SELECT COALESCE(SUM(r.amount), 0) FROM refunds r WHERE r.org_id = NEW.org_id
            AND r.payment_id = NEW.payment_id AND r.status NOT IN ('failed', 'refused', 'failed_before_send'))
        > (SELECT p.amount FROM payments p WHERE p.org_id = NEW.org_id AND p.id = NEW.payment_id)
    THEN RAISE EXCEPTION 'refunds: more than was paid'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER refunds_never_above_payment BEFORE INSERT ON refunds
    FOR EACH ROW EXECUTE FUNCTION refunds_never_above_payment();

-- Work that only one process does at a time. Holds nothing of any organization.
CREATE TABLE leaders (
    task TEXT NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL,
    fence BIGINT NOT NULL,
    leads_until_ms BIGINT NOT NULL
);

DO $$
DECLARE
    name TEXT;
BEGIN
    FOREACH name IN ARRAY ARRAY['mandates', 'action_items', 'retries', 'refunds'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format(
            'CREATE POLICY by_organization ON %I USING (org_id = current_setting(''paydesk.organization'', true))'
            ' WITH CHECK (org_id = current_setting(''paydesk.organization'', true))', name);
    END LOOP;
END $$;
ALTER TABLE leaders ENABLE ROW LEVEL SECURITY;
ALTER TABLE leaders FORCE ROW LEVEL SECURITY;
CREATE POLICY by_worker ON leaders USING (current_setting('paydesk.worker', true) = 'on');
CREATE POLICY by_worker_look ON retries FOR SELECT USING (current_setting('paydesk.worker', true) = 'on');
CREATE POLICY by_worker_look ON refunds FOR SELECT USING (current_setting('paydesk.worker', true) = 'on');
