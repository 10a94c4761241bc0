-- Who pays: who acts in a session, whether a login was ever used, addresses of accounts, when a saved card's security code is
-- asked for again, and saved cards that are brought up to date.

-- Who acts, as the organization's server states it. None: the client.
ALTER TABLE checkout_sessions ADD COLUMN admin_id TEXT;
ALTER TABLE checkout_sessions ADD COLUMN admin_name TEXT;
ALTER TABLE authorizations ADD COLUMN admin_id TEXT;
ALTER TABLE mandates ADD COLUMN admin_id TEXT;

-- When the login was last used, as far as an organization has told. None: never.
ALTER TABLE logins ADD COLUMN last_login_at_ms INTEGER;

-- As JSON: what a billing address can be filled in with.
ALTER TABLE accounts ADD COLUMN billing_address TEXT;

ALTER TABLE organizations ADD COLUMN security_code_policy TEXT NOT NULL DEFAULT 'never'
    CHECK (security_code_policy IN ('never', 'always', 'above', 'admin'));
-- Minor units, for `above`.
ALTER TABLE organizations ADD COLUMN security_code_above INTEGER NOT NULL DEFAULT 0 CHECK (security_code_above >= 0);

-- What is particular to an attempt's payer. Most attempts have no row.
CREATE TABLE attempt_payers (
    org_id TEXT NOT NULL,
    attempt_id TEXT NOT NULL,
    -- The admin who acted.
    admin_id TEXT,
    -- 1 when the client's login had never been used.
    never_logged_in INTEGER NOT NULL CHECK (never_logged_in IN (0, 1)),
    -- The processor's single-use name for a security code.
    security_code TEXT,
    PRIMARY KEY (org_id, attempt_id),
    FOREIGN KEY (org_id, attempt_id) REFERENCES attempts (org_id, id)
) STRICT;
-- What goes back to waiting after it was sent is sent again under the same name of its method.
CREATE INDEX attempts_to_send_again ON attempts (vault, processor_method)
    WHERE status = 'created' AND first_sent_at_ms IS NOT NULL;
CREATE INDEX action_items_by_subject ON action_items (org_id, subject);

-- A saved card that is brought up to date: written before the processor is asked, and the queue of what is left to do.
CREATE TABLE method_updates (
    org_id TEXT NOT NULL REFERENCES organizations (org_id),
    id TEXT NOT NULL,
    session_id TEXT NOT NULL,
    -- The request's own key: the same key is the same update.
    request_key TEXT NOT NULL,
    request_hash TEXT NOT NULL,
    account_id TEXT NOT NULL,
    login_id TEXT NOT NULL,
    method_id TEXT NOT NULL,
    admin_id TEXT,
    -- The names that the processor has for the method, before and, where another card takes its place, after.
    old_reference TEXT NOT NULL,
    new_reference TEXT,
    customer TEXT NOT NULL,
    exp_month INTEGER,
    exp_year INTEGER,
    -- The single-use names of a new card and of a security code; the latter waits for the next charge of this session.
    token TEXT,
    security_code TEXT,
    -- As JSON.
    billing_address TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('sending', 'detaching', 'done', 'refused')),
    refusal TEXT,
    fence INTEGER NOT NULL DEFAULT 0,
    due_at_ms INTEGER NOT NULL,
    created_at_ms INTEGER NOT NULL,
    PRIMARY KEY (org_id, id),
    UNIQUE (org_id, session_id, request_key),
    CHECK ((status = 'refused') = (refusal IS NOT NULL)),
    CHECK ((token IS NULL) <> (exp_month IS NULL)),
    FOREIGN KEY (org_id, session_id) REFERENCES checkout_sessions (org_id, id),
    FOREIGN KEY (login_id, method_id) REFERENCES payment_methods (login_id, id)
) STRICT;
CREATE UNIQUE INDEX method_updates_one_at_a_time ON method_updates (method_id) WHERE status = 'sending';
CREATE INDEX method_updates_due ON method_updates (due_at_ms) WHERE status IN ('sending', 'detaching');

-- Names that the processor had for a saved method before another card took its place.
CREATE TABLE method_references (
    login_id TEXT NOT NULL,
    vault TEXT NOT NULL,
    reference TEXT NOT NULL,
    method_id TEXT NOT NULL,
    PRIMARY KEY (login_id, vault, reference),
    FOREIGN KEY (login_id, method_id) REFERENCES payment_methods (login_id, id)
) STRICT;
