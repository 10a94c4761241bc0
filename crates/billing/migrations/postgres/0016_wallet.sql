-- The wallet of a login, as its client sees it: the sessions that open it, which method is preferred, and how often each was
-- changed.

ALTER TABLE payment_methods ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE payment_methods ADD COLUMN is_default BIGINT NOT NULL DEFAULT 0 CHECK (is_default IN (0, 1));
-- One preferred card, and one preferred bank account.
CREATE UNIQUE INDEX payment_methods_one_default ON payment_methods (login_id, (kind = 'card')) WHERE is_default = 1;

ALTER TABLE credentials DROP CONSTRAINT credentials_kind_check;
ALTER TABLE credentials ADD CONSTRAINT credentials_kind_check
    CHECK (kind IN ('api_key', 'checkout_session', 'wallet_session'));

CREATE TABLE wallet_sessions (
    org_id TEXT NOT NULL,
    id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    login_id TEXT NOT NULL,
    allowed_origin TEXT NOT NULL,
    locale TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    expires_at_ms BIGINT NOT NULL,
    ends_at_ms BIGINT NOT NULL,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, account_id) REFERENCES accounts (org_id, id)
);

-- A wallet is read across organizations: by its login alone.
CREATE INDEX accounts_by_login ON accounts (login_id);
CREATE INDEX authorizations_of_wallet ON authorizations (login_id, method_id);
CREATE INDEX planned_payments_of_wallet ON planned_payments (login_id, method_id);

-- Row-level security as everywhere. What else a wallet shows lies with other organizations: it is open to a transaction that
-- names the wallet's login (`paydesk.wallet`), and to reading alone.
ALTER TABLE wallet_sessions ENABLE ROW LEVEL SECURITY;
ALTER TABLE wallet_sessions FORCE ROW LEVEL SECURITY;
CREATE POLICY by_organization ON wallet_sessions USING (org_id = current_setting('paydesk.organization', true))
    WITH CHECK (org_id = current_setting('paydesk.organization', true));
CREATE POLICY by_wallet ON accounts FOR SELECT USING (login_id = current_setting('paydesk.wallet', true));
CREATE POLICY by_wallet ON authorizations FOR SELECT USING (login_id = current_setting('paydesk.wallet', true));
CREATE POLICY by_wallet ON planned_payments FOR SELECT USING (login_id = current_setting('paydesk.wallet', true));
CREATE POLICY by_wallet ON organizations FOR SELECT USING (EXISTS (
    SELECT 1 FROM accounts a
    WHERE a.org_id = organizations.org_id AND a.login_id = current_setting('paydesk.wallet', true)
));
