-- What a client saves in their wallet, or brings up to date there: written before the processor is asked, and the queue of what is left
-- to do. A bank may ask for a proof meanwhile, which takes as long as the client needs.
CREATE TABLE wallet_verifications (
    org_id TEXT NOT NULL REFERENCES organizations (org_id),
    id TEXT NOT NULL,
    session_id TEXT NOT NULL,
    -- The hash of the session, the request's key and the request: the same is the same.
    request_key TEXT NOT NULL,
    account_id TEXT NOT NULL,
    login_id TEXT NOT NULL REFERENCES logins (id),
    -- The network address that it came from.
    address TEXT,
    -- The saved card that is brought up to date, and what the processor called it then; none of a new one.
    updates TEXT,
    old_reference TEXT,
    old_customer TEXT,
    kind TEXT NOT NULL CHECK (kind IN ('card', 'ach', 'pad')),
    -- A single-use token, or a new expiry.
    token TEXT,
    exp_month BIGINT,
    exp_year BIGINT,
    -- As JSON.
    billing_address TEXT NOT NULL,
    nickname TEXT,
    vault TEXT NOT NULL,
    -- What the processor made of it.
    customer TEXT,
    reference TEXT,
    fingerprint TEXT,
    brand TEXT,
    last4 TEXT,
    card_month BIGINT,
    card_year BIGINT,
    -- What the processor calls the verification whose bank asks for a proof, where, until when; and 1 when it is given up.
    verification TEXT,
    challenge_url TEXT,
    challenge_until_ms BIGINT,
    challenge_given_up BIGINT NOT NULL DEFAULT 0 CHECK (challenge_given_up IN (0, 1)),
    status TEXT NOT NULL CHECK (status IN ('sending', 'saved', 'refused')),
    refusal TEXT,
    -- The method that is in the wallet for it, and 1 where it was there already.
    method_id TEXT,
    known BIGINT NOT NULL DEFAULT 0 CHECK (known IN (0, 1)),
    -- What is left to do at the processor: to let the new one go, or the one that it replaced, or to set the expiry back.
    left_over TEXT CHECK (left_over IN ('new', 'old', 'expiry')),
    tries BIGINT NOT NULL DEFAULT 0,
    fence BIGINT NOT NULL DEFAULT 0,
    -- When something is to be done about it; none when all is.
    due_at_ms BIGINT,
    created_at_ms BIGINT NOT NULL,
    PRIMARY KEY (org_id, id),
    UNIQUE (org_id, request_key),
    CHECK ((status = 'refused') = (refusal IS NOT NULL)),
    CHECK ((status = 'saved') = (method_id IS NOT NULL)),
    CHECK ((token IS NULL) <> (exp_month IS NULL)),
    FOREIGN KEY (org_id, session_id) REFERENCES wallet_sessions (org_id, id),
    FOREIGN KEY (login_id, updates) REFERENCES payment_methods (login_id, id)
);
CREATE UNIQUE INDEX wallet_verifications_one_at_a_time ON wallet_verifications (updates) WHERE status = 'sending';
CREATE INDEX wallet_verifications_due ON wallet_verifications (due_at_ms) WHERE due_at_ms IS NOT NULL;
CREATE INDEX wallet_verifications_of_login ON wallet_verifications (login_id) WHERE status = 'sending';

-- What a card's bank told of it by itself: since when it is closed; when something of it changed, and what it was before.
ALTER TABLE payment_methods ADD COLUMN closed_at_ms BIGINT;
ALTER TABLE payment_methods ADD COLUMN bank_told_at_ms BIGINT;
ALTER TABLE payment_methods ADD COLUMN was_last4 TEXT;
ALTER TABLE payment_methods ADD COLUMN was_exp_month BIGINT;
ALTER TABLE payment_methods ADD COLUMN was_exp_year BIGINT;

-- Which method is charged once where a planned payment of an organization is refused, as its client agreed. It is the wallet's: of the
-- method the organization learns what a receipt says.
CREATE TABLE backups (
    org_id TEXT NOT NULL REFERENCES organizations (org_id),
    id TEXT NOT NULL,
    login_id TEXT NOT NULL,
    method_id TEXT NOT NULL,
    consent_version TEXT NOT NULL,
    consent_hash TEXT NOT NULL,
    consent_locale TEXT NOT NULL,
    accepted_at_ms BIGINT NOT NULL,
    actor TEXT NOT NULL CHECK (actor = 'payer'),
    address TEXT,
    user_agent TEXT,
    ended_at_ms BIGINT,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (login_id, method_id) REFERENCES payment_methods (login_id, id)
);
CREATE UNIQUE INDEX backups_one_stands ON backups (org_id, login_id) WHERE ended_at_ms IS NULL;
CREATE INDEX backups_of_wallet ON backups (login_id, method_id);
-- What was agreed to is never written again, and never taken away. Only when it ended is added.
CREATE TRIGGER backups_as_agreed BEFORE UPDATE OF org_id, id, login_id, method_id, consent_version, consent_hash, consent_locale,
    accepted_at_ms, actor, address, user_agent
    ON backups FOR EACH ROW EXECUTE FUNCTION must_stay();
CREATE TRIGGER backups_stay BEFORE DELETE ON backups FOR EACH ROW EXECUTE FUNCTION must_stay();

-- Row-level security as everywhere.
ALTER TABLE backups ENABLE ROW LEVEL SECURITY;
ALTER TABLE backups FORCE ROW LEVEL SECURITY;
CREATE POLICY by_organization ON backups FOR SELECT USING (org_id = current_setting('paydesk.organization', true));
CREATE POLICY by_login ON backups USING (login_id = current_setting('paydesk.login', true))
    WITH CHECK (login_id = current_setting('paydesk.login', true));
ALTER TABLE wallet_verifications ENABLE ROW LEVEL SECURITY;
ALTER TABLE wallet_verifications FORCE ROW LEVEL SECURITY;
CREATE POLICY by_organization ON wallet_verifications USING (org_id = current_setting('paydesk.organization', true))
    WITH CHECK (org_id = current_setting('paydesk.organization', true));
CREATE POLICY by_wallet ON wallet_verifications FOR SELECT USING (login_id = current_setting('paydesk.wallet', true));
CREATE POLICY by_worker_look ON wallet_verifications FOR SELECT USING (current_setting('paydesk.worker', true) = 'on');
-- By whom a card of which a bank tells is known.
CREATE POLICY by_worker_look ON accounts FOR SELECT USING (current_setting('paydesk.worker', true) = 'on');
