-- The wallet of a login, as its client sees it: the sessions that open it, which method is preferred, and how often each was
-- changed.

ALTER TABLE payment_methods ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
ALTER TABLE payment_methods ADD COLUMN is_default INTEGER NOT NULL DEFAULT 0 CHECK (is_default IN (0, 1));
-- One preferred card, and one preferred bank account.
CREATE UNIQUE INDEX payment_methods_one_default ON payment_methods (login_id, (kind = 'card')) WHERE is_default = 1;

-- Made anew, because SQLite cannot change what a column may hold.
CREATE TABLE secrets_of_callers (
    hash TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('api_key', 'checkout_session', 'wallet_session')),
    org_id TEXT NOT NULL REFERENCES organizations (org_id),
    subject TEXT NOT NULL
) STRICT;
INSERT INTO secrets_of_callers (hash, kind, org_id, subject) SELECT hash, kind, org_id, subject FROM credentials;
DROP TABLE credentials;
ALTER TABLE secrets_of_callers RENAME TO credentials;

CREATE TABLE wallet_sessions (
    org_id TEXT NOT NULL,
    id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    login_id TEXT NOT NULL,
    allowed_origin TEXT NOT NULL,
    locale TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL,
    expires_at_ms INTEGER NOT NULL,
    ends_at_ms INTEGER NOT NULL,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, account_id) REFERENCES accounts (org_id, id)
) STRICT;

-- A wallet is read across organizations: by its login alone.
CREATE INDEX accounts_by_login ON accounts (login_id);
CREATE INDEX authorizations_of_wallet ON authorizations (login_id, method_id);
CREATE INDEX planned_payments_of_wallet ON planned_payments (login_id, method_id);
CREATE INDEX plans_of_wallet ON plans (login_id, method_id);
CREATE INDEX method_updates_of_wallet ON method_updates (login_id, method_id);

-- 1: the permission has ended, and what was agreed to before goes on to be charged.
ALTER TABLE authorizations ADD COLUMN plans_continue INTEGER NOT NULL DEFAULT 0
    CHECK (plans_continue IN (0, 1) AND (plans_continue = 0 OR revoked_at_ms IS NOT NULL));

-- What was agreed to is never written again, and never taken away. Only when it ended is added.
CREATE TRIGGER authorizations_as_agreed BEFORE UPDATE OF org_id, id, login_id, method_id, consent_version, consent_hash, consent_locale,
    accepted_at_ms, actor, address, user_agent, created_at_ms, admin_id
    ON authorizations
BEGIN SELECT RAISE(ABORT, 'authorizations: what is written stays'); END;
CREATE TRIGGER authorizations_stay BEFORE DELETE ON authorizations
BEGIN SELECT RAISE(ABORT, 'authorizations: what is written stays'); END;

-- What is left to do at the processor about a method that its client changed or removed: written with the change, and the queue
-- of what is not done yet. It lies with the organization whose page it was, which is shown nothing of it.
CREATE TABLE method_tasks (
    org_id TEXT NOT NULL REFERENCES organizations (org_id),
    id TEXT NOT NULL,
    login_id TEXT NOT NULL,
    method_id TEXT NOT NULL,
    -- Tell a billing address; or end what organizations may do, and let the method go.
    kind TEXT NOT NULL CHECK (kind IN ('address', 'removal')),
    status TEXT NOT NULL CHECK (status IN ('waiting', 'done', 'given_up')),
    fence INTEGER NOT NULL DEFAULT 0,
    due_at_ms INTEGER NOT NULL,
    created_at_ms INTEGER NOT NULL,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (login_id, method_id) REFERENCES payment_methods (login_id, id)
) STRICT;
CREATE INDEX method_tasks_due ON method_tasks (due_at_ms) WHERE status = 'waiting';

-- What a client did in their wallet. It is the login's own: in an organization's audit log it would tell of methods that the
-- organization does not know.
CREATE TABLE wallet_entries (
    login_id TEXT NOT NULL REFERENCES logins (id),
    id TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    -- None where it is about the wallet as a whole.
    method_id TEXT,
    action TEXT NOT NULL,
    -- A JSON object of ids and states.
    detail TEXT NOT NULL,
    -- The session, and the network address that the request came from; none for what this program did by itself.
    session_id TEXT,
    address TEXT,
    PRIMARY KEY (login_id, id)
) STRICT;
CREATE TRIGGER wallet_entries_stay_as_they_are BEFORE UPDATE ON wallet_entries
BEGIN SELECT RAISE(ABORT, 'wallet_entries: what is written stays'); END;
CREATE TRIGGER wallet_entries_stay BEFORE DELETE ON wallet_entries
BEGIN SELECT RAISE(ABORT, 'wallet_entries: what is written stays'); END;
