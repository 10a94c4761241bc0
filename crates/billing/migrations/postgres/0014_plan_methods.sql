-- Cards that are kept for what they pay later: an admin entered them for a client who had never signed in, so that no wallet has
-- them. Each is charged for the planned payments of one purchase alone.
CREATE TABLE plan_methods (
    org_id TEXT NOT NULL REFERENCES organizations (org_id),
    id TEXT NOT NULL,
    -- The try that the purchase began with: the plans that began with it may charge the card.
    attempt_id TEXT NOT NULL,
    login_id TEXT NOT NULL,
    -- Which account at a processor keeps it, under which customer, and the processor's name for it.
    vault TEXT NOT NULL,
    customer TEXT NOT NULL,
    reference TEXT NOT NULL,
    -- A bank account needs a mandate, which is its owner's own to give.
    kind TEXT NOT NULL CHECK (kind = 'card'),
    brand TEXT NOT NULL,
    last4 TEXT NOT NULL,
    exp_month BIGINT,
    exp_year BIGINT,
    billing_address TEXT NOT NULL,
    network_transaction_id TEXT,
    -- What was agreed to for these payments, when, by which admin, and from where.
    consent_version TEXT NOT NULL,
    consent_hash TEXT NOT NULL,
    consent_locale TEXT NOT NULL,
    accepted_at_ms BIGINT NOT NULL,
    admin_id TEXT NOT NULL,
    address TEXT,
    user_agent TEXT,
    created_at_ms BIGINT NOT NULL,
    PRIMARY KEY (org_id, id),
    UNIQUE (org_id, attempt_id),
    UNIQUE (org_id, vault, reference)
);

ALTER TABLE plan_methods ENABLE ROW LEVEL SECURITY;
ALTER TABLE plan_methods FORCE ROW LEVEL SECURITY;
CREATE POLICY by_organization ON plan_methods USING (org_id = current_setting('paydesk.organization', true))
    WITH CHECK (org_id = current_setting('paydesk.organization', true));
