-- A wallet opens once its client has confirmed that it is they who are there: the codes for that, and the devices that need none. The
-- mails to clients. And by what a method that is saved twice is known.

-- What opens a wallet is given to who confirmed, and to nobody else: it is no secret of the session's, which an organization's server knows.
-- Made anew, because SQLite cannot change what a column may hold.
CREATE TABLE secrets_of_callers (
    hash TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('api_key', 'checkout_session', 'wallet_session', 'wallet_access')),
    org_id TEXT NOT NULL REFERENCES organizations (org_id),
    subject TEXT NOT NULL,
    -- When it was made, where there may be so many of them and no more.
    created_at_ms INTEGER
) STRICT;
INSERT INTO secrets_of_callers (hash, kind, org_id, subject) SELECT hash, kind, org_id, subject FROM credentials;
DROP TABLE credentials;
ALTER TABLE secrets_of_callers RENAME TO credentials;
CREATE INDEX credentials_of_wallet ON credentials (org_id, subject) WHERE kind = 'wallet_access';

-- Codes that were sent to a login. They are its own: how many there may be is counted across organizations.
CREATE TABLE wallet_codes (
    login_id TEXT NOT NULL REFERENCES logins (id),
    id TEXT NOT NULL,
    -- For which session, and by which of its secrets (a hash) it was asked for.
    session_id TEXT NOT NULL,
    secret_hash TEXT NOT NULL,
    -- Keyed by the secret itself, which is not stored: six digits with a plain hash could be found by trying all of them.
    code_hash TEXT NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    sent_at_ms INTEGER NOT NULL,
    expires_at_ms INTEGER NOT NULL,
    used_at_ms INTEGER,
    PRIMARY KEY (login_id, id)
) STRICT;

-- Devices on which a login confirmed who they are, and wished to be remembered. Hashes alone.
CREATE TABLE wallet_devices (
    login_id TEXT NOT NULL REFERENCES logins (id),
    hash TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL,
    expires_at_ms INTEGER NOT NULL,
    PRIMARY KEY (login_id, hash)
) STRICT;

-- Mails to clients: written with what causes them, and the queue of what is not sent yet. The login is not referred to: whoever
-- records an outcome would wait for whoever looks after that wallet.
CREATE TABLE mails (
    login_id TEXT NOT NULL,
    id TEXT NOT NULL,
    -- What kind of mail it is; and where there is to be one alone, of what.
    kind TEXT NOT NULL,
    about TEXT,
    -- To whom, subject and text, until nothing more is to be done.
    sealed TEXT,
    status TEXT NOT NULL CHECK (status IN ('waiting', 'sent', 'given_up')),
    tries INTEGER NOT NULL DEFAULT 0,
    fence INTEGER NOT NULL DEFAULT 0,
    due_at_ms INTEGER NOT NULL,
    -- Later than this it is not worth sending.
    until_ms INTEGER NOT NULL,
    -- Why it was not sent, in a word.
    last_error TEXT,
    created_at_ms INTEGER NOT NULL,
    done_at_ms INTEGER,
    PRIMARY KEY (login_id, id),
    UNIQUE (login_id, about),
    CHECK ((status = 'waiting') = (sealed IS NOT NULL)),
    CHECK ((status = 'waiting') = (done_at_ms IS NULL))
) STRICT;
CREATE INDEX mails_due ON mails (due_at_ms) WHERE status = 'waiting';

-- The processor's own name for the number behind a method, where it was learned: by that the same one is recognised.
ALTER TABLE payment_methods ADD COLUMN fingerprint TEXT;

-- What was agreed to, as it was shown: the text of a consent, by its hash. A mandate keeps its own.
CREATE TABLE consent_texts (
    org_id TEXT NOT NULL REFERENCES organizations (org_id),
    login_id TEXT NOT NULL,
    hash TEXT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (org_id, login_id, hash)
) STRICT;
CREATE TRIGGER consent_texts_stay_as_they_are BEFORE UPDATE ON consent_texts
BEGIN SELECT RAISE(ABORT, 'consent_texts: what is written stays'); END;
CREATE TRIGGER consent_texts_stay BEFORE DELETE ON consent_texts
BEGIN SELECT RAISE(ABORT, 'consent_texts: what is written stays'); END;
CREATE INDEX mandates_of_wallet ON mandates (login_id);

-- Whose card expires is looked for across wallets.
CREATE INDEX payment_methods_expiring ON payment_methods (exp_year, exp_month, id) WHERE removed_at_ms IS NULL;
