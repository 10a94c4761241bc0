-- The first tables. Every key begins with the organization, so that the same shape can be spread over
-- several PostgreSQL machines. Times are milliseconds since 1970, UTC. Money is in minor units.

CREATE TABLE organizations (
    org_id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    currency TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    locale TEXT NOT NULL,
    country TEXT NOT NULL,
    vault TEXT NOT NULL,
    -- Where a payer reaches it: a mandate must say so.
    contact TEXT,
    -- The largest bank debit that may be given back at once, minor units.
    debit_refund_max BIGINT NOT NULL DEFAULT 50000,
    receipts BIGINT NOT NULL DEFAULT 0,
    invoices BIGINT NOT NULL DEFAULT 0,
    created_at_ms BIGINT NOT NULL
);

CREATE TABLE organization_origins (
    org_id TEXT NOT NULL REFERENCES organizations (org_id),
    origin TEXT NOT NULL,
    PRIMARY KEY (org_id, origin)
);
CREATE INDEX organization_origins_by_origin ON organization_origins (origin);

CREATE TABLE api_keys (
    org_id TEXT NOT NULL REFERENCES organizations (org_id),
    id TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    revoked_at_ms BIGINT,
    PRIMARY KEY (org_id, id)
);

-- The only way from a secret to its organization. Holds the SHA-256 of the secret, never the secret.
CREATE TABLE credentials (
    hash TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('api_key', 'checkout_session')),
    org_id TEXT NOT NULL REFERENCES organizations (org_id),
    subject TEXT NOT NULL
);

CREATE TABLE logins (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    email TEXT,
    created_at_ms BIGINT NOT NULL
);

CREATE TABLE accounts (
    org_id TEXT NOT NULL REFERENCES organizations (org_id),
    id TEXT NOT NULL,
    login_id TEXT NOT NULL REFERENCES logins (id),
    name TEXT NOT NULL,
    email TEXT,
    reference TEXT,
    created_at_ms BIGINT NOT NULL,
    PRIMARY KEY (org_id, id)
);

CREATE TABLE people (
    org_id TEXT NOT NULL,
    id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, account_id) REFERENCES accounts (org_id, id)
);
CREATE INDEX people_by_account ON people (org_id, account_id);

CREATE TABLE invoices (
    org_id TEXT NOT NULL,
    id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    number TEXT NOT NULL,
    currency TEXT NOT NULL,
    total BIGINT NOT NULL CHECK (total > 0),
    created_at_ms BIGINT NOT NULL,
    PRIMARY KEY (org_id, id),
    UNIQUE (org_id, number),
    FOREIGN KEY (org_id, account_id) REFERENCES accounts (org_id, id)
);
CREATE INDEX invoices_by_account ON invoices (org_id, account_id, id);

CREATE TABLE invoice_items (
    org_id TEXT NOT NULL,
    id TEXT NOT NULL,
    invoice_id TEXT NOT NULL,
    position BIGINT NOT NULL,
    description TEXT NOT NULL,
    participant TEXT,
    amount BIGINT NOT NULL CHECK (amount >= 0),
    PRIMARY KEY (org_id, id),
    UNIQUE (org_id, invoice_id, position),
    FOREIGN KEY (org_id, invoice_id) REFERENCES invoices (org_id, id)
);

CREATE TABLE checkout_sessions (
    org_id TEXT NOT NULL,
    id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    login_id TEXT NOT NULL,
    invoice_id TEXT NOT NULL,
    scope TEXT NOT NULL,
    allowed_origin TEXT NOT NULL,
    locale TEXT NOT NULL,
    may_save BIGINT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    expires_at_ms BIGINT NOT NULL,
    ends_at_ms BIGINT NOT NULL,
    completed_by TEXT,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, account_id) REFERENCES accounts (org_id, id),
    FOREIGN KEY (org_id, invoice_id) REFERENCES invoices (org_id, id)
);

-- The wallet belongs to the login, across organizations.
CREATE TABLE payment_methods (
    login_id TEXT NOT NULL REFERENCES logins (id),
    id TEXT NOT NULL,
    vault TEXT NOT NULL,
    customer TEXT NOT NULL,
    reference TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('card', 'ach', 'pad')),
    -- A card's scheme, or the name of the bank.
    brand TEXT NOT NULL,
    last4 TEXT NOT NULL,
    exp_month BIGINT,
    exp_year BIGINT,
    billing_address TEXT NOT NULL,
    nickname TEXT,
    -- What the network called the first charge: later ones refer to it.
    network_transaction_id TEXT,
    -- Why a bank account takes no more debits: the code of the return.
    blocked_by TEXT,
    created_at_ms BIGINT NOT NULL,
    removed_at_ms BIGINT,
    PRIMARY KEY (login_id, id),
    UNIQUE (vault, reference),
    CHECK (kind <> 'card' OR (exp_month IS NOT NULL AND exp_year IS NOT NULL))
);

CREATE TABLE vault_customers (
    vault TEXT NOT NULL,
    login_id TEXT NOT NULL REFERENCES logins (id),
    reference TEXT NOT NULL,
    PRIMARY KEY (vault, login_id)
);

CREATE TABLE authorizations (
    org_id TEXT NOT NULL REFERENCES organizations (org_id),
    id TEXT NOT NULL,
    login_id TEXT NOT NULL,
    method_id TEXT NOT NULL,
    consent_version TEXT NOT NULL,
    consent_hash TEXT NOT NULL,
    consent_locale TEXT NOT NULL,
    accepted_at_ms BIGINT NOT NULL,
    actor TEXT NOT NULL,
    address TEXT,
    user_agent TEXT,
    created_at_ms BIGINT NOT NULL,
    revoked_at_ms BIGINT,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (login_id, method_id) REFERENCES payment_methods (login_id, id)
);
CREATE UNIQUE INDEX authorizations_one_live ON authorizations (org_id, method_id) WHERE revoked_at_ms IS NULL;
CREATE INDEX authorizations_by_login ON authorizations (org_id, login_id);

-- One try to charge, and the queue of what is to be done about it.
CREATE TABLE attempts (
    org_id TEXT NOT NULL,
    id TEXT NOT NULL,
    -- None for a charge that the organization or a plan starts.
    session_id TEXT,
    -- The first try of this debt: itself, unless it repeats another one.
    origin_id TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('card', 'ach', 'pad')),
    initiation TEXT NOT NULL
        CHECK (initiation IN ('payer', 'installment', 'recurring', 'unscheduled', 'resubmission')),
    account_id TEXT NOT NULL,
    login_id TEXT NOT NULL,
    invoice_id TEXT NOT NULL,
    amount BIGINT NOT NULL CHECK (amount > 0),
    currency TEXT NOT NULL,
    method_id TEXT,
    token TEXT,
    mandate_id TEXT,
    -- What the processor called the mandate and the network the first charge when this was written: a request that is
    -- sent again must be the same to the letter.
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
    status TEXT NOT NULL
        CHECK (status IN ('created', 'sending', 'in_doubt', 'succeeded', 'declined', 'failed_before_send')),
    processor_reference TEXT,
    decline_code TEXT,
    failure TEXT,
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
    CHECK ((method_id IS NULL) <> (token IS NULL)),
    -- A bank is debited under a mandate or not at all.
    CHECK (kind = 'card' OR mandate_id IS NOT NULL),
    CHECK (session_id IS NOT NULL OR initiation <> 'payer'),
    FOREIGN KEY (org_id, session_id) REFERENCES checkout_sessions (org_id, id),
    FOREIGN KEY (org_id, invoice_id) REFERENCES invoices (org_id, id)
);
CREATE UNIQUE INDEX attempts_one_live ON attempts (org_id, invoice_id)
    WHERE status IN ('created', 'sending', 'in_doubt');
CREATE INDEX attempts_by_origin ON attempts (org_id, origin_id, sent_at_ms);
CREATE INDEX attempts_by_invoice ON attempts (org_id, invoice_id, created_at_ms);
CREATE INDEX attempts_by_session ON attempts (org_id, session_id, created_at_ms);
CREATE INDEX attempts_due ON attempts (status, due_at_ms) WHERE status IN ('created', 'sending', 'in_doubt');

CREATE TABLE payments (
    org_id TEXT NOT NULL,
    id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    invoice_id TEXT NOT NULL,
    attempt_id TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('card', 'ach', 'pad')),
    -- A card's payment has succeeded. A bank's was submitted, settles, and can come back at any time.
    status TEXT NOT NULL CHECK (status IN ('succeeded', 'submitted', 'settled', 'returned', 'canceled')),
    amount BIGINT NOT NULL CHECK (amount > 0),
    currency TEXT NOT NULL,
    processor_reference TEXT NOT NULL,
    brand TEXT,
    last4 TEXT,
    mandate_id TEXT,
    return_code TEXT,
    paid_at_ms BIGINT NOT NULL,
    settled_at_ms BIGINT,
    ended_at_ms BIGINT,
    -- When the processor is asked about a debit of which nothing was heard.
    check_at_ms BIGINT,
    checks BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (org_id, id),
    UNIQUE (org_id, attempt_id),
    UNIQUE (org_id, processor_reference),
    CHECK ((kind = 'card') = (status = 'succeeded')),
    CHECK ((status = 'returned') = (return_code IS NOT NULL)),
    FOREIGN KEY (org_id, attempt_id) REFERENCES attempts (org_id, id),
    FOREIGN KEY (org_id, invoice_id) REFERENCES invoices (org_id, id)
);
CREATE INDEX payments_by_invoice ON payments (org_id, invoice_id);
CREATE INDEX payments_to_check ON payments (check_at_ms) WHERE check_at_ms IS NOT NULL;

-- What became of a payment, in order: the history of its receipt.
CREATE TABLE payment_events (
    org_id TEXT NOT NULL,
    payment_id TEXT NOT NULL,
    seq BIGINT NOT NULL,
    kind TEXT NOT NULL,
    code TEXT,
    amount BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (org_id, payment_id, seq),
    FOREIGN KEY (org_id, payment_id) REFERENCES payments (org_id, id)
);

-- Which line a payment covers. What a refund or a return takes away again is a line of its own with a minus: nothing
-- is ever changed, and what is covered is the sum.
CREATE TABLE allocations (
    org_id TEXT NOT NULL,
    id TEXT NOT NULL,
    payment_id TEXT NOT NULL,
    invoice_id TEXT NOT NULL,
    item_id TEXT NOT NULL,
    amount BIGINT NOT NULL CHECK (amount <> 0),
    reason TEXT NOT NULL CHECK (reason IN ('payment', 'refund', 'refund_failed', 'return')),
    created_at_ms BIGINT NOT NULL,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, payment_id) REFERENCES payments (org_id, id),
    FOREIGN KEY (org_id, item_id) REFERENCES invoice_items (org_id, id)
);
CREATE INDEX allocations_by_item ON allocations (org_id, item_id);
CREATE INDEX allocations_by_invoice ON allocations (org_id, invoice_id);
CREATE INDEX allocations_by_payment ON allocations (org_id, payment_id, item_id);
CREATE FUNCTION allocations_never_below_zero() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.amount + (SELECT COALESCE(SUM(a.amount), 0) FROM allocations a
        WHERE a.org_id = NEW.org_id AND a.payment_id = NEW.payment_id AND a.item_id = NEW.item_id) < 0
    THEN RAISE EXCEPTION 'allocations: more is taken away than was covered'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER allocations_never_below_zero BEFORE INSERT ON allocations
    FOR EACH ROW EXECUTE FUNCTION allocations_never_below_zero();
CREATE FUNCTION must_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%: what is written stays', TG_TABLE_NAME;
END $$;
CREATE TRIGGER allocations_stay BEFORE UPDATE OR DELETE ON allocations
    FOR EACH ROW EXECUTE FUNCTION must_stay();
CREATE TRIGGER payment_events_stay BEFORE UPDATE OR DELETE ON payment_events
    FOR EACH ROW EXECUTE FUNCTION must_stay();

CREATE TABLE receipts (
    org_id TEXT NOT NULL,
    id TEXT NOT NULL,
    payment_id TEXT NOT NULL,
    number BIGINT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    PRIMARY KEY (org_id, id),
    UNIQUE (org_id, number),
    UNIQUE (org_id, payment_id),
    FOREIGN KEY (org_id, payment_id) REFERENCES payments (org_id, id)
);

-- Double entry. The entries come first; the transaction that closes them is refused unless they sum to zero,
-- and entries without their transaction cannot be committed (the reference is checked at commit).
CREATE TABLE ledger_transactions (
    org_id TEXT NOT NULL REFERENCES organizations (org_id),
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    PRIMARY KEY (org_id, id)
);
CREATE TABLE ledger_entries (
    org_id TEXT NOT NULL,
    id TEXT NOT NULL,
    transaction_id TEXT NOT NULL,
    account TEXT NOT NULL,
    amount BIGINT NOT NULL CHECK (amount <> 0),
    currency TEXT NOT NULL,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, transaction_id) REFERENCES ledger_transactions (org_id, id) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX ledger_entries_by_transaction ON ledger_entries (org_id, transaction_id);
CREATE INDEX ledger_entries_by_account ON ledger_entries (org_id, account);
CREATE FUNCTION ledger_must_balance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM ledger_entries e WHERE e.org_id = NEW.org_id AND e.transaction_id = NEW.id)
        OR EXISTS (
            SELECT 1 FROM ledger_entries e WHERE e.org_id = NEW.org_id AND e.transaction_id = NEW.id
            GROUP BY e.currency HAVING SUM(e.amount) <> 0
        )
    THEN RAISE EXCEPTION 'ledger: a transaction must sum to zero';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER ledger_transactions_balance AFTER INSERT ON ledger_transactions
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_must_balance();
CREATE FUNCTION ledger_must_be_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM ledger_transactions t WHERE t.org_id = NEW.org_id AND t.id = NEW.transaction_id)
    THEN RAISE EXCEPTION 'ledger: the transaction is closed';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ledger_entries_closed BEFORE INSERT ON ledger_entries
    FOR EACH ROW EXECUTE FUNCTION ledger_must_be_open();
CREATE FUNCTION ledger_must_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'ledger: what is written stays';
END $$;
CREATE TRIGGER ledger_entries_stay BEFORE UPDATE OR DELETE ON ledger_entries
    FOR EACH ROW EXECUTE FUNCTION ledger_must_stay();
CREATE TRIGGER ledger_transactions_stay BEFORE UPDATE OR DELETE ON ledger_transactions
    FOR EACH ROW EXECUTE FUNCTION ledger_must_stay();

CREATE TABLE outbox (
    org_id TEXT NOT NULL REFERENCES organizations (org_id),
    id TEXT NOT NULL,
    topic TEXT NOT NULL,
    subject TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    due_at_ms BIGINT NOT NULL,
    fence BIGINT NOT NULL DEFAULT 0,
    lease_owner TEXT,
    leased_until_ms BIGINT,
    done_at_ms BIGINT,
    PRIMARY KEY (org_id, id)
);
CREATE INDEX outbox_due ON outbox (due_at_ms) WHERE done_at_ms IS NULL;

-- Writes by an organization's server: the same key with the same request is answered from here.
CREATE TABLE idempotency_keys (
    org_id TEXT NOT NULL REFERENCES organizations (org_id),
    key TEXT NOT NULL,
    request_hash TEXT NOT NULL,
    started_at_ms BIGINT NOT NULL,
    fence BIGINT NOT NULL DEFAULT 1,
    status BIGINT,
    response TEXT,
    PRIMARY KEY (org_id, key)
);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (started_at_ms);

-- Row-level security, forced on the owner as well. Each transaction says for whom it acts (`SET LOCAL` through
-- set_config): an organization, a login, one credential, one origin, or the worker that looks for due attempts.
-- A table without a matching policy shows nothing.
DO $$
DECLARE
    name TEXT;
BEGIN
    FOREACH name IN ARRAY ARRAY[
        'organizations', 'organization_origins', 'api_keys', 'credentials', 'accounts', 'people', 'invoices',
        'invoice_items', 'checkout_sessions', 'authorizations', 'attempts', 'payments', 'payment_events', 'allocations',
        'receipts',
        'ledger_transactions', 'ledger_entries', 'outbox', 'idempotency_keys'
    ] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format(
            'CREATE POLICY by_organization ON %I USING (org_id = current_setting(''paydesk.organization'', true))'
            ' WITH CHECK (org_id = current_setting(''paydesk.organization'', true))', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['logins', 'payment_methods', 'vault_customers'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    END LOOP;
END $$;
CREATE POLICY by_hash ON credentials FOR SELECT USING (hash = current_setting('paydesk.credential', true));
CREATE POLICY by_origin ON organization_origins FOR SELECT USING (origin = current_setting('paydesk.origin', true));
CREATE POLICY by_worker_look ON attempts FOR SELECT USING (current_setting('paydesk.worker', true) = 'on');
CREATE POLICY by_worker_claim ON attempts FOR UPDATE USING (current_setting('paydesk.worker', true) = 'on');
CREATE POLICY by_worker_look ON payments FOR SELECT USING (current_setting('paydesk.worker', true) = 'on');
CREATE POLICY by_login ON logins USING (id = current_setting('paydesk.login', true));
CREATE POLICY by_login ON vault_customers USING (login_id = current_setting('paydesk.login', true));
CREATE POLICY by_login ON payment_methods USING (login_id = current_setting('paydesk.login', true));
CREATE POLICY by_authorization ON payment_methods FOR SELECT USING (EXISTS (
    SELECT 1 FROM authorizations a
    WHERE a.org_id = current_setting('paydesk.organization', true) AND a.login_id = payment_methods.login_id
        AND a.method_id = payment_methods.id AND a.revoked_at_ms IS NULL
));
