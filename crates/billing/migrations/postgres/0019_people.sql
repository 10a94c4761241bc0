-- Who has a card or a bank account on file: people by program, activity and membership, and beside each of them what could be charged.

-- What a login has that its organization may charge now, but for the day: the last month in which one of its cards is good (twelve times
-- the year, and the month), a million more where a bank account pays by ACH, and two million where one pays by PAD. What an organization
-- may not charge is not in it, so that it cannot be found out by it. The triggers below keep it; nobody else writes it.
ALTER TABLE accounts ADD COLUMN chargeable BIGINT NOT NULL DEFAULT 0;
ALTER TABLE people ADD COLUMN chargeable BIGINT NOT NULL DEFAULT 0;

-- In which activities somebody takes part, in the organization's own words.
CREATE TABLE enrolments (
    org_id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    program TEXT NOT NULL,
    activity TEXT NOT NULL,
    chargeable BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (org_id, person_id, program, activity),
    FOREIGN KEY (org_id, person_id) REFERENCES people (org_id, id)
);

-- What somebody is a member of, from the one day to the other (both included): days of the organization's, as text. Where one of them
-- is not known it is the first of all, or the last.
CREATE TABLE memberships (
    org_id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    membership TEXT NOT NULL,
    from_on TEXT NOT NULL,
    until_on TEXT NOT NULL,
    chargeable BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (org_id, person_id, membership, from_on),
    FOREIGN KEY (org_id, person_id) REFERENCES people (org_id, id),
    CHECK (from_on <= until_on)
);

-- Whoever takes part and is a member: each of their enrolments with each of their memberships, so that both are asked for at once. Two
-- lists of half of all people each may have nobody in common, which only a list of those who are in both can tell soon.
CREATE TABLE member_enrolments (
    org_id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    program TEXT NOT NULL,
    activity TEXT NOT NULL,
    membership TEXT NOT NULL,
    from_on TEXT NOT NULL,
    until_on TEXT NOT NULL,
    chargeable BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (org_id, person_id, program, activity, membership, from_on),
    FOREIGN KEY (org_id, person_id) REFERENCES people (org_id, id)
);

-- Each list is read from the index of its filter: once for each of the few values of `chargeable`, newest first.
CREATE INDEX accounts_by_chargeable ON accounts (org_id, chargeable, id);
CREATE INDEX accounts_by_email ON accounts (org_id, email, id);
CREATE INDEX accounts_by_reference ON accounts (org_id, reference, id);
CREATE INDEX people_by_chargeable ON people (org_id, chargeable, id);
CREATE INDEX enrolments_by_program ON enrolments (org_id, program, chargeable, person_id);
CREATE INDEX enrolments_by_activity ON enrolments (org_id, activity, chargeable, person_id);
CREATE INDEX enrolments_by_both ON enrolments (org_id, program, activity, chargeable, person_id);
CREATE INDEX memberships_by_name ON memberships (org_id, membership, chargeable, person_id) INCLUDE (from_on, until_on);
CREATE INDEX member_enrolments_by_program ON member_enrolments (org_id, membership, program, chargeable, person_id) INCLUDE (from_on, until_on);
CREATE INDEX member_enrolments_by_activity ON member_enrolments (org_id, membership, activity, chargeable, person_id) INCLUDE (from_on, until_on);
CREATE INDEX member_enrolments_by_both ON member_enrolments (org_id, membership, program, activity, chargeable, person_id)
    INCLUDE (from_on, until_on);

DO $$
DECLARE
    name TEXT;
BEGIN
    FOREACH name IN ARRAY ARRAY['enrolments', 'memberships', 'member_enrolments'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format(
            'CREATE POLICY by_organization ON %I USING (org_id = current_setting(''paydesk.organization'', true))'
            ' WITH CHECK (org_id = current_setting(''paydesk.organization'', true))', name);
    END LOOP;
END $$;

-- What a charge without its payer would accept, whatever the day: kept where the organization charges, allowed, neither removed nor
-- blocked, and for a bank account under a mandate that stands. It shows what the transaction may see, and no more.
CREATE VIEW chargeable_methods AS
    SELECT a.org_id, a.login_id,
        CASE WHEN m.kind = 'card' AND m.exp_year BETWEEN 1000 AND 9999 AND m.exp_month BETWEEN 1 AND 12
            THEN m.exp_year * 12 + m.exp_month ELSE 0 END AS good_until,
        CASE WHEN m.kind = 'ach' THEN 1000000 ELSE 0 END AS ach,
        CASE WHEN m.kind = 'pad' THEN 2000000 ELSE 0 END AS pad
    FROM authorizations a
    JOIN organizations o ON o.org_id = a.org_id
    JOIN payment_methods m ON m.login_id = a.login_id AND m.id = a.method_id AND m.vault = o.vault
    WHERE a.revoked_at_ms IS NULL AND m.removed_at_ms IS NULL AND m.blocked_by IS NULL AND m.closed_at_ms IS NULL
        AND (m.kind = 'card' OR EXISTS (SELECT 1 FROM mandates d WHERE d.org_id = a.org_id AND d.method_id = m.id
            AND d.scope = 'standing' AND d.ended_at_ms IS NULL));

CREATE FUNCTION chargeable_now(org TEXT, login TEXT) RETURNS BIGINT LANGUAGE sql STABLE AS $$
    SELECT CAST(COALESCE(MAX(m.good_until), 0) + COALESCE(MAX(m.ach), 0) + COALESCE(MAX(m.pad), 0) AS BIGINT)
    FROM chargeable_methods m WHERE m.org_id = org AND m.login_id = login
$$;

-- Who reckons anew is alone with the login in this organization, and who writes somebody down meanwhile waits: neither would see what
-- the other has not committed. Held to the transaction's end. It is taken before any of the rows.
CREATE FUNCTION hold_chargeable(org TEXT, login TEXT, alone BOOLEAN) RETURNS BOOLEAN LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(hashtextextended('paydesk.chargeable ' || org, 0));
    IF alone THEN
        PERFORM pg_advisory_xact_lock(hashtextextended('paydesk.chargeable ' || org || ' ' || login, 0));
    ELSE
        PERFORM pg_advisory_xact_lock_shared(hashtextextended('paydesk.chargeable ' || org || ' ' || login, 0));
    END IF;
    RETURN true;
END $$;

CREATE FUNCTION reckon_chargeable(org TEXT, login TEXT) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    reckoned BIGINT;
BEGIN
    PERFORM hold_chargeable(org, login, true);
    reckoned := chargeable_now(org, login);
    UPDATE accounts a SET chargeable = reckoned
        WHERE a.org_id = org AND a.login_id = login AND a.chargeable <> reckoned;
END $$;

-- What is so of an account is so of the people in it, and of where they take part.
CREATE FUNCTION accounts_hand_on_chargeable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE people p SET chargeable = NEW.chargeable WHERE p.org_id = NEW.org_id AND p.account_id = NEW.id;
    UPDATE enrolments e SET chargeable = NEW.chargeable FROM people p
        WHERE p.org_id = NEW.org_id AND p.account_id = NEW.id AND e.org_id = NEW.org_id AND e.person_id = p.id;
    UPDATE memberships m SET chargeable = NEW.chargeable FROM people p
        WHERE p.org_id = NEW.org_id AND p.account_id = NEW.id AND m.org_id = NEW.org_id AND m.person_id = p.id;
    UPDATE member_enrolments m SET chargeable = NEW.chargeable FROM people p
        WHERE p.org_id = NEW.org_id AND p.account_id = NEW.id AND m.org_id = NEW.org_id AND m.person_id = p.id;
    RETURN NULL;
END $$;
CREATE TRIGGER accounts_hand_on_chargeable AFTER UPDATE OF chargeable ON accounts
    FOR EACH ROW WHEN (OLD.chargeable <> NEW.chargeable) EXECUTE FUNCTION accounts_hand_on_chargeable();

CREATE FUNCTION accounts_begin_chargeable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM hold_chargeable(NEW.org_id, NEW.login_id, false);
    NEW.chargeable := chargeable_now(NEW.org_id, NEW.login_id);
    RETURN NEW;
END $$;
CREATE TRIGGER accounts_begin_chargeable BEFORE INSERT ON accounts
    FOR EACH ROW EXECUTE FUNCTION accounts_begin_chargeable();

CREATE FUNCTION people_begin_chargeable() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    login TEXT;
BEGIN
    SELECT a.login_id INTO login FROM accounts a WHERE a.org_id = NEW.org_id AND a.id = NEW.account_id;
    PERFORM hold_chargeable(NEW.org_id, login, false);
    SELECT a.chargeable INTO NEW.chargeable FROM accounts a WHERE a.org_id = NEW.org_id AND a.id = NEW.account_id;
    NEW.chargeable := COALESCE(NEW.chargeable, 0);
    RETURN NEW;
END $$;
CREATE TRIGGER people_begin_chargeable BEFORE INSERT ON people
    FOR EACH ROW EXECUTE FUNCTION people_begin_chargeable();

CREATE FUNCTION taking_part_begins_chargeable() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    login TEXT;
BEGIN
    SELECT a.login_id INTO login FROM people p JOIN accounts a ON a.org_id = p.org_id AND a.id = p.account_id
        WHERE p.org_id = NEW.org_id AND p.id = NEW.person_id;
    PERFORM hold_chargeable(NEW.org_id, login, false);
    SELECT p.chargeable INTO NEW.chargeable FROM people p WHERE p.org_id = NEW.org_id AND p.id = NEW.person_id;
    NEW.chargeable := COALESCE(NEW.chargeable, 0);
    RETURN NEW;
END $$;
CREATE TRIGGER enrolments_begin_chargeable BEFORE INSERT ON enrolments
    FOR EACH ROW EXECUTE FUNCTION taking_part_begins_chargeable();
CREATE TRIGGER memberships_begin_chargeable BEFORE INSERT ON memberships
    FOR EACH ROW EXECUTE FUNCTION taking_part_begins_chargeable();
CREATE TRIGGER member_enrolments_begin_chargeable BEFORE INSERT ON member_enrolments
    FOR EACH ROW EXECUTE FUNCTION taking_part_begins_chargeable();

-- A permission or a mandate that begins or ends is one organization's.
CREATE FUNCTION reckon_of_organization() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM reckon_chargeable(NEW.org_id, NEW.login_id);
    RETURN NULL;
END $$;
CREATE TRIGGER authorizations_reckon_new AFTER INSERT ON authorizations
    FOR EACH ROW EXECUTE FUNCTION reckon_of_organization();
CREATE TRIGGER authorizations_reckon AFTER UPDATE OF revoked_at_ms ON authorizations
    FOR EACH ROW WHEN (OLD.revoked_at_ms IS DISTINCT FROM NEW.revoked_at_ms) EXECUTE FUNCTION reckon_of_organization();
CREATE TRIGGER mandates_reckon_new AFTER INSERT ON mandates
    FOR EACH ROW WHEN (NEW.scope = 'standing' AND NEW.method_id IS NOT NULL) EXECUTE FUNCTION reckon_of_organization();
CREATE TRIGGER mandates_reckon AFTER UPDATE OF method_id, ended_at_ms ON mandates
    FOR EACH ROW WHEN (NEW.scope = 'standing' AND NEW.method_id IS NOT NULL
        AND (OLD.method_id IS DISTINCT FROM NEW.method_id OR OLD.ended_at_ms IS DISTINCT FROM NEW.ended_at_ms))
    EXECUTE FUNCTION reckon_of_organization();

-- A method that is removed, blocked, unblocked or brought up to date concerns every organization that has an account of its login: also
-- one whose permission is not committed yet. The transaction turns to one after the other, in the order of their ids, and back again.
CREATE FUNCTION reckon_of_wallet() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    organization_before TEXT := COALESCE(current_setting('paydesk.organization', true), '');
    wallet_before TEXT := COALESCE(current_setting('paydesk.wallet', true), '');
    organization TEXT;
BEGIN
    PERFORM set_config('paydesk.wallet', NEW.login_id, true);
    FOR organization IN
        SELECT DISTINCT a.org_id FROM accounts a WHERE a.login_id = NEW.login_id ORDER BY a.org_id
    LOOP
        PERFORM set_config('paydesk.organization', organization, true);
        PERFORM reckon_chargeable(organization, NEW.login_id);
    END LOOP;
    PERFORM set_config('paydesk.organization', organization_before, true);
    PERFORM set_config('paydesk.wallet', wallet_before, true);
    RETURN NULL;
END $$;
CREATE TRIGGER payment_methods_reckon AFTER UPDATE OF removed_at_ms, blocked_by, closed_at_ms, exp_month, exp_year, vault, kind ON payment_methods
    FOR EACH ROW WHEN (ROW (OLD.removed_at_ms, OLD.blocked_by, OLD.closed_at_ms, OLD.exp_month, OLD.exp_year, OLD.vault, OLD.kind)
        IS DISTINCT FROM ROW (NEW.removed_at_ms, NEW.blocked_by, NEW.closed_at_ms, NEW.exp_month, NEW.exp_year, NEW.vault, NEW.kind))
    EXECUTE FUNCTION reckon_of_wallet();

-- Another vault: all that was kept in the one before is charged no more. Rare, and done by the operator: the organization's wallets wait.
CREATE FUNCTION reckon_of_vault() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('paydesk.chargeable ' || NEW.org_id, 0));
    UPDATE accounts a SET chargeable = chargeable_now(a.org_id, a.login_id)
        WHERE a.org_id = NEW.org_id AND a.chargeable <> chargeable_now(a.org_id, a.login_id);
    RETURN NULL;
END $$;
CREATE TRIGGER organizations_reckon AFTER UPDATE OF vault ON organizations
    FOR EACH ROW WHEN (OLD.vault <> NEW.vault) EXECUTE FUNCTION reckon_of_vault();

-- What is there already, of every organization: nobody in particular would see none of it.
DO $$
DECLARE
    name TEXT;
BEGIN
    FOREACH name IN ARRAY ARRAY['accounts', 'people', 'authorizations', 'payment_methods', 'organizations', 'mandates'] LOOP
        EXECUTE format('ALTER TABLE %I NO FORCE ROW LEVEL SECURITY', name);
    END LOOP;
    UPDATE accounts a SET chargeable = c.reckoned FROM (
        SELECT m.org_id, m.login_id, MAX(m.good_until) + MAX(m.ach) + MAX(m.pad) AS reckoned
        FROM chargeable_methods m GROUP BY m.org_id, m.login_id
    ) c WHERE c.org_id = a.org_id AND c.login_id = a.login_id AND c.reckoned <> 0;
    FOREACH name IN ARRAY ARRAY['accounts', 'people', 'authorizations', 'payment_methods', 'organizations', 'mandates'] LOOP
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    END LOOP;
END $$;
