-- Account credit that organizations give, what tries hold of it and have used; and the least that may be paid at once.

-- Minor units; none: all that is payable, or nothing.
ALTER TABLE organizations ADD COLUMN partial_minimum INTEGER CHECK (partial_minimum > 0);

-- How much credit a try uses besides what it charges. Of a verification never any: it has the attempts' shape.
ALTER TABLE attempts ADD COLUMN credit INTEGER NOT NULL DEFAULT 0 CHECK (credit >= 0);
ALTER TABLE setups ADD COLUMN credit INTEGER NOT NULL DEFAULT 0 CHECK (credit = 0);

-- Accounts that ever had credit. Whoever is about to hold some of it locks the account's row.
CREATE TABLE credit_accounts (
    org_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    PRIMARY KEY (org_id, account_id),
    FOREIGN KEY (org_id, account_id) REFERENCES accounts (org_id, id)
) STRICT;

-- What was given. It is no money that came in, and is never taken back.
CREATE TABLE credits (
    org_id TEXT NOT NULL,
    id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    amount INTEGER NOT NULL CHECK (amount > 0),
    currency TEXT NOT NULL,
    reason TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, account_id) REFERENCES accounts (org_id, id)
) STRICT;
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
    amount INTEGER NOT NULL CHECK (amount > 0),
    currency TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('held', 'applied', 'released')),
    -- What was asked for, where there is no attempt that knows it.
    request_hash TEXT NOT NULL,
    receipt_id TEXT,
    receipt_number INTEGER,
    created_at_ms INTEGER NOT NULL,
    decided_at_ms INTEGER,
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
) STRICT;
CREATE INDEX credit_uses_by_invoice ON credit_uses (org_id, invoice_id);
CREATE INDEX credit_uses_by_session ON credit_uses (org_id, session_id);

-- Which credits it is taken from.
CREATE TABLE credit_parts (
    org_id TEXT NOT NULL,
    use_id TEXT NOT NULL,
    credit_id TEXT NOT NULL,
    amount INTEGER NOT NULL CHECK (amount > 0),
    PRIMARY KEY (org_id, use_id, credit_id),
    FOREIGN KEY (org_id, use_id) REFERENCES credit_uses (org_id, id),
    FOREIGN KEY (org_id, credit_id) REFERENCES credits (org_id, id)
) STRICT;
CREATE INDEX credit_parts_by_credit ON credit_parts (org_id, credit_id);

-- Which line it covers, and from which credit.
CREATE TABLE credit_allocations (
    org_id TEXT NOT NULL,
    id TEXT NOT NULL,
    use_id TEXT NOT NULL,
    credit_id TEXT NOT NULL,
    invoice_id TEXT NOT NULL,
    item_id TEXT NOT NULL,
    amount INTEGER NOT NULL CHECK (amount > 0),
    created_at_ms INTEGER NOT NULL,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, use_id, credit_id) REFERENCES credit_parts (org_id, use_id, credit_id),
    FOREIGN KEY (org_id, item_id) REFERENCES invoice_items (org_id, id)
) STRICT;
CREATE INDEX credit_allocations_by_item ON credit_allocations (org_id, item_id);
CREATE INDEX credit_allocations_by_invoice ON credit_allocations (org_id, invoice_id);
CREATE INDEX credit_allocations_by_credit ON credit_allocations (org_id, credit_id);
CREATE INDEX credit_allocations_by_use ON credit_allocations (org_id, use_id);

-- No credit is held beyond what is left of it.
CREATE TRIGGER credit_parts_never_beyond BEFORE INSERT ON credit_parts
WHEN NEW.amount > (SELECT c.amount FROM credits c WHERE c.org_id = NEW.org_id AND c.id = NEW.credit_id)
    - (SELECT COALESCE(SUM(p.amount), 0) FROM credit_parts p
        JOIN credit_uses u ON u.org_id = p.org_id AND u.id = p.use_id
        WHERE p.org_id = NEW.org_id AND p.credit_id = NEW.credit_id AND u.status = 'held')
    - (SELECT COALESCE(SUM(a.amount), 0) FROM credit_allocations a
        WHERE a.org_id = NEW.org_id AND a.credit_id = NEW.credit_id)
BEGIN SELECT RAISE(ABORT, 'credit_parts: more is held than is left'); END;
CREATE TRIGGER credit_allocations_never_beyond BEFORE INSERT ON credit_allocations
WHEN NEW.amount + (SELECT COALESCE(SUM(a.amount), 0) FROM credit_allocations a
        WHERE a.org_id = NEW.org_id AND a.use_id = NEW.use_id AND a.credit_id = NEW.credit_id)
    > (SELECT p.amount FROM credit_parts p
        WHERE p.org_id = NEW.org_id AND p.use_id = NEW.use_id AND p.credit_id = NEW.credit_id)
BEGIN SELECT RAISE(ABORT, 'credit_allocations: more is applied than was held'); END;
CREATE TRIGGER credits_stay BEFORE UPDATE ON credits
BEGIN SELECT RAISE(ABORT, 'credits: what is written stays'); END;
CREATE TRIGGER credits_keep BEFORE DELETE ON credits
BEGIN SELECT RAISE(ABORT, 'credits: what is written stays'); END;
CREATE TRIGGER credit_parts_stay BEFORE UPDATE ON credit_parts
BEGIN SELECT RAISE(ABORT, 'credit_parts: what is written stays'); END;
CREATE TRIGGER credit_parts_keep BEFORE DELETE ON credit_parts
BEGIN SELECT RAISE(ABORT, 'credit_parts: what is written stays'); END;
CREATE TRIGGER credit_allocations_stay BEFORE UPDATE ON credit_allocations
BEGIN SELECT RAISE(ABORT, 'credit_allocations: what is written stays'); END;
CREATE TRIGGER credit_allocations_keep BEFORE DELETE ON credit_allocations
BEGIN SELECT RAISE(ABORT, 'credit_allocations: what is written stays'); END;
