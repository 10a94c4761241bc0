-- How long what was agreed to is kept, and what goes when a client asks for it. Until then nothing of it changes and nothing goes, as
-- before; and by the database's own clock nothing goes that ended, or was paid by, less than two years (731 days) ago.

ALTER TABLE organizations ADD COLUMN records_kept_days INTEGER NOT NULL DEFAULT 2557
    CHECK (records_kept_days BETWEEN 731 AND 36525);

-- What has ended has ended: nobody brings the day of it forward.
CREATE TRIGGER authorizations_end_once BEFORE UPDATE OF revoked_at_ms ON authorizations
WHEN OLD.revoked_at_ms IS NOT NULL AND NEW.revoked_at_ms IS NOT OLD.revoked_at_ms
BEGIN SELECT RAISE(ABORT, 'authorizations: what has ended has ended'); END;

DROP TRIGGER authorizations_stay;
CREATE TRIGGER authorizations_stay BEFORE DELETE ON authorizations
WHEN OLD.revoked_at_ms IS NULL OR OLD.revoked_at_ms > unixepoch() * 1000 - 63158400000
    -- What was agreed to with it goes on, or ended not long ago.
    OR EXISTS (SELECT 1 FROM plans p WHERE p.org_id = OLD.org_id AND p.login_id = OLD.login_id AND p.method_id = OLD.method_id
        AND (p.status IN ('pending', 'active') OR p.ended_at_ms > unixepoch() * 1000 - 63158400000))
    OR EXISTS (SELECT 1 FROM accounts c
        JOIN invoices i ON i.org_id = c.org_id AND i.account_id = c.id
        JOIN attempts t ON t.org_id = i.org_id AND t.invoice_id = i.id
        LEFT JOIN payments y ON y.org_id = t.org_id AND y.attempt_id = t.id
        WHERE c.org_id = OLD.org_id AND c.login_id = OLD.login_id AND t.method_id = OLD.method_id
        AND (t.created_at_ms > unixepoch() * 1000 - 63158400000 OR y.paid_at_ms > unixepoch() * 1000 - 63158400000
            OR y.settled_at_ms > unixepoch() * 1000 - 63158400000 OR y.ended_at_ms > unixepoch() * 1000 - 63158400000))
BEGIN SELECT RAISE(ABORT, 'authorizations: what is written stays'); END;

-- A backup is what was agreed to, too.
CREATE TRIGGER backups_end_once BEFORE UPDATE OF ended_at_ms ON backups
WHEN OLD.ended_at_ms IS NOT NULL AND NEW.ended_at_ms IS NOT OLD.ended_at_ms
BEGIN SELECT RAISE(ABORT, 'backups: what has ended has ended'); END;
DROP TRIGGER backups_stay;
CREATE TRIGGER backups_stay BEFORE DELETE ON backups
WHEN OLD.ended_at_ms IS NULL OR OLD.ended_at_ms > unixepoch() * 1000 - 63158400000
    OR EXISTS (SELECT 1 FROM accounts c
        JOIN invoices i ON i.org_id = c.org_id AND i.account_id = c.id
        JOIN attempts t ON t.org_id = i.org_id AND t.invoice_id = i.id
        LEFT JOIN payments y ON y.org_id = t.org_id AND y.attempt_id = t.id
        WHERE c.org_id = OLD.org_id AND c.login_id = OLD.login_id AND t.method_id = OLD.method_id
        AND (t.created_at_ms > unixepoch() * 1000 - 63158400000 OR y.paid_at_ms > unixepoch() * 1000 - 63158400000
            OR y.settled_at_ms > unixepoch() * 1000 - 63158400000 OR y.ended_at_ms > unixepoch() * 1000 - 63158400000))
BEGIN SELECT RAISE(ABORT, 'backups: what is written stays'); END;

-- A text goes with the last that refers to it, and not while a try may yet bring another one.
DROP TRIGGER consent_texts_stay;
CREATE TRIGGER consent_texts_stay BEFORE DELETE ON consent_texts
WHEN EXISTS (SELECT 1 FROM authorizations a
        WHERE a.org_id = OLD.org_id AND a.login_id = OLD.login_id AND a.consent_hash = OLD.hash)
    OR EXISTS (SELECT 1 FROM plan_methods m
        WHERE m.org_id = OLD.org_id AND m.login_id = OLD.login_id AND m.consent_hash = OLD.hash)
    OR EXISTS (SELECT 1 FROM backups b
        WHERE b.org_id = OLD.org_id AND b.login_id = OLD.login_id AND b.consent_hash = OLD.hash)
    OR EXISTS (SELECT 1 FROM accounts c
        JOIN invoices i ON i.org_id = c.org_id AND i.account_id = c.id
        JOIN attempts t ON t.org_id = i.org_id AND t.invoice_id = i.id
        WHERE c.org_id = OLD.org_id AND c.login_id = OLD.login_id AND t.consent_hash = OLD.hash
        AND t.created_at_ms > unixepoch() * 1000 - 63158400000)
    OR EXISTS (SELECT 1 FROM accounts c
        JOIN invoices i ON i.org_id = c.org_id AND i.account_id = c.id
        JOIN setups s ON s.org_id = i.org_id AND s.invoice_id = i.id AND s.status = 'sending'
        WHERE c.org_id = OLD.org_id AND c.login_id = OLD.login_id AND s.consent_hash = OLD.hash)
BEGIN SELECT RAISE(ABORT, 'consent_texts: what is written stays'); END;

-- A mandate is what was agreed to, too. Where books refer to it, it is emptied and its row stays; else it goes.
CREATE TRIGGER mandates_end_once BEFORE UPDATE OF ended_at_ms ON mandates
WHEN OLD.ended_at_ms IS NOT NULL AND NEW.ended_at_ms IS NOT OLD.ended_at_ms
BEGIN SELECT RAISE(ABORT, 'mandates: what has ended has ended'); END;
CREATE TRIGGER mandates_as_agreed BEFORE UPDATE OF org_id, id, login_id, account_id, kind, scope, holder_type, currency, amount_max,
    text_version, accepted_at_ms, actor, admin_id, locale
    ON mandates
BEGIN SELECT RAISE(ABORT, 'mandates: what is written stays'); END;
CREATE TRIGGER mandates_emptied BEFORE UPDATE OF text, text_hash, address, user_agent ON mandates
WHEN NEW.text <> '' OR NEW.text_hash <> '' OR NEW.address IS NOT NULL OR NEW.user_agent IS NOT NULL
    OR (OLD.scope = 'standing' AND OLD.ended_at_ms IS NULL) OR COALESCE(OLD.ended_at_ms, OLD.accepted_at_ms) > unixepoch() * 1000 - 63158400000
    OR EXISTS (SELECT 1 FROM invoices i
        JOIN attempts t ON t.org_id = i.org_id AND t.invoice_id = i.id
        LEFT JOIN payments y ON y.org_id = t.org_id AND y.attempt_id = t.id
        WHERE i.org_id = OLD.org_id AND i.account_id = OLD.account_id AND t.mandate_id = OLD.id
        AND (t.created_at_ms > unixepoch() * 1000 - 63158400000 OR y.paid_at_ms > unixepoch() * 1000 - 63158400000
            OR y.settled_at_ms > unixepoch() * 1000 - 63158400000 OR y.ended_at_ms > unixepoch() * 1000 - 63158400000))
BEGIN SELECT RAISE(ABORT, 'mandates: what is written stays'); END;
CREATE TRIGGER mandates_stay BEFORE DELETE ON mandates
WHEN (OLD.scope = 'standing' AND OLD.ended_at_ms IS NULL) OR COALESCE(OLD.ended_at_ms, OLD.accepted_at_ms) > unixepoch() * 1000 - 63158400000
    OR EXISTS (SELECT 1 FROM invoices i
        JOIN attempts t ON t.org_id = i.org_id AND t.invoice_id = i.id
        LEFT JOIN payments y ON y.org_id = t.org_id AND y.attempt_id = t.id
        WHERE i.org_id = OLD.org_id AND i.account_id = OLD.account_id AND t.mandate_id = OLD.id
        AND (t.created_at_ms > unixepoch() * 1000 - 63158400000 OR y.paid_at_ms > unixepoch() * 1000 - 63158400000
            OR y.settled_at_ms > unixepoch() * 1000 - 63158400000 OR y.ended_at_ms > unixepoch() * 1000 - 63158400000))
    OR EXISTS (SELECT 1 FROM invoices i JOIN attempts t ON t.org_id = i.org_id AND t.invoice_id = i.id
        WHERE i.org_id = OLD.org_id AND i.account_id = OLD.account_id AND t.mandate_id = OLD.id)
    OR EXISTS (SELECT 1 FROM invoices i JOIN setups s ON s.org_id = i.org_id AND s.invoice_id = i.id
        WHERE i.org_id = OLD.org_id AND i.account_id = OLD.account_id AND s.mandate_id = OLD.id)
BEGIN SELECT RAISE(ABORT, 'mandates: what is written stays'); END;

-- Of what happened in a wallet the network address goes, when its client asks for it, and nothing else.
DROP TRIGGER wallet_entries_stay_as_they_are;
CREATE TRIGGER wallet_entries_stay_as_they_are BEFORE UPDATE ON wallet_entries
WHEN NEW.address IS NOT NULL OR NEW.login_id <> OLD.login_id OR NEW.id <> OLD.id OR NEW.at_ms <> OLD.at_ms
    OR NEW.method_id IS NOT OLD.method_id OR NEW.action <> OLD.action OR NEW.detail <> OLD.detail
    OR NEW.session_id IS NOT OLD.session_id
BEGIN SELECT RAISE(ABORT, 'wallet_entries: what is written stays'); END;

-- What has ended is found by when it did; what opens a wallet by whose it is; and a verification by what was bought.
CREATE INDEX authorizations_ended ON authorizations (org_id, revoked_at_ms) WHERE revoked_at_ms IS NOT NULL;
CREATE INDEX mandates_kept ON mandates (org_id, accepted_at_ms) WHERE text_hash <> '';
CREATE INDEX attempts_with_consent ON attempts (org_id, created_at_ms) WHERE consent_hash IS NOT NULL;
CREATE INDEX setups_with_consent ON setups (org_id, created_at_ms) WHERE consent_hash IS NOT NULL;
CREATE INDEX setups_by_invoice ON setups (org_id, invoice_id);
CREATE INDEX wallet_sessions_by_login ON wallet_sessions (org_id, login_id);
CREATE INDEX backups_ended ON backups (org_id, ended_at_ms) WHERE ended_at_ms IS NOT NULL;

-- A client whom their organization has erased: the books refer to the account still. And a card that was kept for a plan of theirs, which
-- the processor is to let go.
ALTER TABLE accounts ADD COLUMN erased_at_ms INTEGER;
ALTER TABLE plan_methods ADD COLUMN detach_at_ms INTEGER;
ALTER TABLE plan_methods ADD COLUMN detach_tries INTEGER NOT NULL DEFAULT 0;
CREATE INDEX plan_methods_to_detach ON plan_methods (detach_at_ms) WHERE detach_at_ms IS NOT NULL;
