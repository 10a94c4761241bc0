-- Account credit that organizations give, what tries hold of it and have used; and the least that may be paid at once.

-- Minor units; none: all that is payable, or nothing.
ALTER TABLE organizations ADD COLUMN partial_minimum BIGINT CHECK (partial_minimum > 0);

-- How much credit a try uses besides what it charges. Of a verification never any: it has the attempts' shape.
ALTER TABLE attempts ADD COLUMN credit BIGINT NOT NULL DEFAULT 0 CHECK (credit >= 0);
ALTER TABLE setups ADD COLUMN credit BIGINT NOT NULL DEFAULT 0 CHECK (credit = 0);

-- Accounts that ever had credit. Whoever is about to hold some of it locks the account's row.
CREATE TABLE credit_accounts (
    org_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    PRIMARY KEY (org_id, account_id),
    FOREIGN KEY (org_id, account_id) REFERENCES accounts (org_id, id)
);

-- What was given. It is no money that came in, and is never taken back.
CREATE TABLE credits (
    org_id TEXT NOT NULL,
    id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    amount BIGINT NOT NULL CHECK (amount > 0),
    currency TEXT NOT NULL,
    reason TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, account_id) REFERENCES accounts (org_id, id)
);
CREATE INDEX credits_by_account ON credits (org_id, account_id, id);

-- The credit of one try: held from its intent on, then applied or released. One that credit alone pays has no attempt:
-- this row is the try, with a receipt of its own.
CREATE TABLE credit_uses (
    org_id TEXT NOT NULL,
    id TEXT NOT NULL,
    attempt_id TEXT NOT NULL,
    session_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    login_id TEXT NOT NULL,
    invoice_id TEXT NOT NULL,
    amount BIGINT NOT NULL CHECK (amount > 0),
    currency TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('held', 'applied', 'released')),
    -- What was asked for, where there is no attempt that knows it.
    request_hash TEXT NOT NULL,
    receipt_id TEXT,
    receipt_number BIGINT,
    created_at_ms BIGINT NOT NULL,
    decided_at_ms BIGINT,
    PRIMARY KEY (org_id, id),
    UNIQUE (org_id, attempt_id),
    UNIQUE (org_id, receipt_id),
    UNIQUE (org_id, receipt_number),
    CHECK ((receipt_id IS NULL) = (receipt_number IS NULL)),
    CHECK (receipt_id IS NULL OR status = 'applied'),
    CHECK ((status = 'held') = (decided_at_ms IS NULL)),
    FOREIGN KEY (org_id, session_id) REFERENCES checkout_sessions (org_id, id),
    FOREIGN KEY (org_id, account_id) REFERENCES accounts (org_id, id),
    FOREIGN KEY (org_id, invoice_id) REFERENCES invoices (org_id, id)
);
CREATE INDEX credit_uses_by_invoice ON credit_uses (org_id, invoice_id);
CREATE INDEX credit_uses_by_session ON credit_uses (org_id, session_id);

-- Which credits it is taken from.
CREATE TABLE credit_parts (
    org_id TEXT NOT NULL,
    use_id TEXT NOT NULL,
    credit_id TEXT NOT NULL,
    amount BIGINT NOT NULL CHECK (amount > 0),
    PRIMARY KEY (org_id, use_id, credit_id),
    FOREIGN KEY (org_id, use_id) REFERENCES credit_uses (org_id, id),
    FOREIGN KEY (org_id, credit_id) REFERENCES credits (org_id, id)
);
CREATE INDEX credit_parts_by_credit ON credit_parts (org_id, credit_id);

-- Which line it covers, and from which credit.
CREATE TABLE credit_allocations (
    org_id TEXT NOT NULL,
    id TEXT NOT NULL,
    use_id TEXT NOT NULL,
    credit_id TEXT NOT NULL,
    invoice_id TEXT NOT NULL,
    item_id TEXT NOT NULL,
    amount BIGINT NOT NULL CHECK (amount > 0),
    created_at_ms BIGINT NOT NULL,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, use_id, credit_id) REFERENCES credit_parts (org_id, use_id, credit_id),
    FOREIGN KEY (org_id, item_id) REFERENCES invoice_items (org_id, id)
);
CREATE INDEX credit_allocations_by_item ON credit_allocations (org_id, item_id);
CREATE INDEX credit_allocations_by_invoice ON credit_allocations (org_id, invoice_id);
CREATE INDEX credit_allocations_by_credit ON credit_allocations (org_id, credit_id);
CREATE INDEX credit_allocations_by_use ON credit_allocations (org_id, use_id);

-- No credit is held beyond what is left of it. Of two that do not see each other yet only the account's lock knows.
CREATE FUNCTION credit_parts_never_beyond() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.amount > (SELECT c.amount FROM credits c WHERE c.org_id = NEW.org_id AND c.id = NEW.credit_id)
        - (SELECT COALESCE(SUM(p.amount), 0) FROM credit_parts p
            JOIN credit_uses u ON u.org_id = p.org_id AND u.id = p.use_id
            WHERE p.org_id = NEW.org_id AND p.credit_id = NEW.credit_id AND u.status = 'held')
        - (SELECT COALESCE(SUM(a.amount), 0) FROM credit_allocations a
            WHERE a.org_id = NEW.org_id AND a.credit_id = NEW.credit_id)
    THEN RAISE EXCEPTION 'credit_parts: more is held than is left'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER credit_parts_never_beyond BEFORE INSERT ON credit_parts
    FOR EACH ROW EXECUTE FUNCTION credit_parts_never_beyond();
CREATE FUNCTION credit_allocations_never_beyond() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.amount + (SELECT COALESCE(SUM(a.amount), 0) FROM credit_allocations a
        WHERE a.org_id = NEW.org_id AND a.use_id = NEW.use_id AND a.credit_id = NEW.credit_id)
        > (SELECT p.amount FROM credit_parts p
            WHERE p.org_id = NEW.org_id AND p.use_id = NEW.use_id AND p.credit_id = NEW.credit_id)
    THEN RAISE EXCEPTION 'credit_allocations: more is applied than was held'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER credit_allocations_never_beyond BEFORE INSERT ON credit_allocations
    FOR EACH ROW EXECUTE FUNCTION credit_allocations_never_beyond();
CREATE TRIGGER credits_stay BEFORE UPDATE OR DELETE ON credits FOR EACH ROW EXECUTE FUNCTION must_stay();
CREATE TRIGGER credit_parts_stay BEFORE UPDATE OR DELETE ON credit_parts FOR EACH ROW EXECUTE FUNCTION must_stay();
CREATE TRIGGER credit_allocations_stay BEFORE UPDATE OR DELETE ON credit_allocations
    FOR EACH ROW EXECUTE FUNCTION must_stay();

-- Row-level security as everywhere. No worker looks for any of it.
DO $$
DECLARE
    name TEXT;
BEGIN
    FOREACH name IN ARRAY ARRAY[
        'credit_accounts', 'credits', 'credit_uses', 'credit_parts', 'credit_allocations'
    ] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format(
            'CREATE POLICY by_organization ON %I USING (org_id = current_setting(''paydesk.organization'', true))'
            ' WITH CHECK (org_id = current_setting(''paydesk.organization'', true))', name);
    END LOOP;
END $$;
