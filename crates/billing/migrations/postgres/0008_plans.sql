-- What is paid later: how an organization lets things be paid in parts, what was agreed to, and each payment with its day.

CREATE TABLE installment_configurations (
    org_id TEXT NOT NULL REFERENCES organizations (org_id),
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    -- The options, as JSON. They never change: what was agreed to refers to them.
    options TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    PRIMARY KEY (org_id, id)
);

-- How a line of an invoice may be paid, where it may be paid in another way than at once.
CREATE TABLE item_terms (
    org_id TEXT NOT NULL,
    item_id TEXT NOT NULL,
    invoice_id TEXT NOT NULL,
    configuration_id TEXT,
    -- The last day of the activity, as 2026-12-31.
    ends_on TEXT,
    -- The terms of a subscription, as JSON, and what a whole period of it costs, minor units.
    subscription TEXT,
    price BIGINT,
    PRIMARY KEY (org_id, item_id),
    FOREIGN KEY (org_id, item_id) REFERENCES invoice_items (org_id, id),
    FOREIGN KEY (org_id, configuration_id) REFERENCES installment_configurations (org_id, id),
    CHECK ((configuration_id IS NULL) <> (subscription IS NULL)),
    CHECK ((subscription IS NULL) = (price IS NULL))
);
CREATE INDEX item_terms_by_invoice ON item_terms (org_id, invoice_id);

-- What was agreed to. It is written with the try that begins it, and begins in the transaction in which that succeeds.
CREATE TABLE plans (
    org_id TEXT NOT NULL,
    id TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('installments', 'subscription')),
    status TEXT NOT NULL CHECK (status IN ('pending', 'active', 'completed', 'ended', 'void')),
    account_id TEXT NOT NULL,
    login_id TEXT NOT NULL,
    -- What was bought with it, and the line of it that a subscription began with.
    invoice_id TEXT NOT NULL,
    item_id TEXT,
    -- The try that begins it.
    attempt_id TEXT NOT NULL,
    method_id TEXT,
    currency TEXT NOT NULL,
    -- What was agreed to, as JSON, and the hash of what was shown.
    terms TEXT NOT NULL,
    schedule_hash TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    began_at_ms BIGINT,
    ended_at_ms BIGINT,
    ended_because TEXT,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, account_id) REFERENCES accounts (org_id, id),
    FOREIGN KEY (org_id, invoice_id) REFERENCES invoices (org_id, id),
    CHECK ((kind = 'subscription') = (item_id IS NOT NULL))
);
CREATE INDEX plans_by_attempt ON plans (org_id, attempt_id);
CREATE INDEX plans_by_account ON plans (org_id, account_id, id);
CREATE UNIQUE INDEX plans_one_of_invoice ON plans (org_id, invoice_id)
    WHERE kind = 'installments' AND status IN ('pending', 'active');
CREATE UNIQUE INDEX plans_one_of_item ON plans (org_id, item_id)
    WHERE kind = 'subscription' AND status IN ('pending', 'active');
CREATE INDEX plans_by_invoice ON plans (org_id, invoice_id);

-- One payment of a plan, and the queue of what falls due. Of a subscription there is one to come at most.
CREATE TABLE planned_payments (
    org_id TEXT NOT NULL,
    id TEXT NOT NULL,
    plan_id TEXT NOT NULL,
    -- Counts up within its plan: no period is charged twice.
    seq BIGINT NOT NULL,
    initiation TEXT NOT NULL CHECK (initiation IN ('installment', 'recurring')),
    account_id TEXT NOT NULL,
    login_id TEXT NOT NULL,
    method_id TEXT,
    -- None for a period of a subscription that is not invoiced yet.
    invoice_id TEXT,
    amount BIGINT NOT NULL CHECK (amount > 0),
    currency TEXT NOT NULL,
    -- Which lines it pays, as JSON.
    lines TEXT NOT NULL,
    -- The day where the organization is, as 2026-12-31, and when that begins.
    due_on TEXT NOT NULL,
    due_at_ms BIGINT NOT NULL,
    status TEXT NOT NULL CHECK (status IN
        ('planned', 'charging', 'processing', 'paid', 'failed', 'skipped', 'canceled')),
    because TEXT,
    -- How often a charge was made of it, and the first try of the newest one.
    tries BIGINT NOT NULL DEFAULT 0,
    attempt_id TEXT,
    created_at_ms BIGINT NOT NULL,
    ended_at_ms BIGINT,
    PRIMARY KEY (org_id, id),
    UNIQUE (org_id, plan_id, seq),
    FOREIGN KEY (org_id, plan_id) REFERENCES plans (org_id, id),
    FOREIGN KEY (org_id, invoice_id) REFERENCES invoices (org_id, id)
);
CREATE INDEX planned_payments_due ON planned_payments (due_at_ms) WHERE status = 'planned';
CREATE INDEX planned_payments_by_attempt ON planned_payments (org_id, attempt_id);
CREATE INDEX planned_payments_by_account ON planned_payments (org_id, account_id, id);
CREATE INDEX planned_payments_by_method ON planned_payments (org_id, method_id, id);
CREATE INDEX planned_payments_by_invoice ON planned_payments (org_id, invoice_id);
-- No two payments of a plan on one day.
CREATE UNIQUE INDEX planned_payments_one_a_day ON planned_payments (org_id, plan_id, due_on) WHERE status = 'planned';

-- Which lines a try is meant to pay; those of a repetition are its first try's. A try without any pays the top line first.
CREATE TABLE attempt_lines (
    org_id TEXT NOT NULL,
    attempt_id TEXT NOT NULL,
    item_id TEXT NOT NULL,
    amount BIGINT NOT NULL CHECK (amount > 0),
    PRIMARY KEY (org_id, attempt_id, item_id),
    FOREIGN KEY (org_id, item_id) REFERENCES invoice_items (org_id, id)
);

-- A purchase of which nothing is due now: its method is verified, and no money moves. Of the shape of `attempts`, so that it is
-- read as one; it is never in doubt, as what moves no money may be asked again under the same key.
CREATE TABLE setups (
    org_id TEXT NOT NULL,
    id TEXT NOT NULL,
    session_id TEXT NOT NULL,
    origin_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    login_id TEXT NOT NULL,
    invoice_id TEXT NOT NULL,
    amount BIGINT NOT NULL CHECK (amount = 0),
    currency TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('card', 'ach', 'pad')),
    initiation TEXT NOT NULL CHECK (initiation = 'payer'),
    method_id TEXT,
    token TEXT,
    mandate_id TEXT,
    processor_mandate TEXT,
    network_transaction_id TEXT,
    vault TEXT NOT NULL,
    customer TEXT,
    processor_method TEXT,
    brand TEXT,
    last4 TEXT,
    exp_month BIGINT,
    exp_year BIGINT,
    billing_address TEXT,
    save BIGINT NOT NULL,
    consent_version TEXT,
    consent_hash TEXT,
    consent_locale TEXT,
    consented_at_ms BIGINT,
    consent_address TEXT,
    consent_user_agent TEXT,
    request_hash TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('sending', 'succeeded', 'declined', 'failed_before_send')),
    processor_reference TEXT,
    decline_code TEXT,
    failure TEXT,
    fence BIGINT NOT NULL DEFAULT 0,
    -- When somebody asks again.
    due_at_ms BIGINT NOT NULL,
    look_ups BIGINT NOT NULL DEFAULT 0,
    created_at_ms BIGINT NOT NULL,
    first_sent_at_ms BIGINT,
    sent_at_ms BIGINT,
    decided_at_ms BIGINT,
    handed_over_at_ms BIGINT,
    look_up_after TEXT,
    look_up_began_at_ms BIGINT,
    PRIMARY KEY (org_id, id),
    UNIQUE (org_id, idempotency_key),
    CHECK ((method_id IS NULL) <> (token IS NULL)),
    FOREIGN KEY (org_id, session_id) REFERENCES checkout_sessions (org_id, id),
    FOREIGN KEY (org_id, invoice_id) REFERENCES invoices (org_id, id)
);
CREATE UNIQUE INDEX setups_one_live ON setups (org_id, invoice_id) WHERE status = 'sending';
CREATE INDEX setups_by_session ON setups (org_id, session_id, created_at_ms);
CREATE INDEX setups_due ON setups (due_at_ms) WHERE status = 'sending';

-- Row-level security as everywhere.
DO $$
DECLARE
    name TEXT;
BEGIN
    FOREACH name IN ARRAY ARRAY[
        'installment_configurations', 'item_terms', 'plans', 'planned_payments', 'attempt_lines', 'setups'
    ] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format(
            'CREATE POLICY by_organization ON %I USING (org_id = current_setting(''paydesk.organization'', true))'
            ' WITH CHECK (org_id = current_setting(''paydesk.organization'', true))', name);
    END LOOP;
END $$;
CREATE POLICY by_worker_look ON planned_payments FOR SELECT USING (current_setting('paydesk.worker', true) = 'on');
CREATE POLICY by_worker_look ON setups FOR SELECT USING (current_setting('paydesk.worker', true) = 'on');
