-- Who has a card or a bank account on file: people by program, activity and membership, and beside each of them what could be charged.

-- What a login has that its organization may charge now, but for the day: the last month in which one of its cards is good (twelve times
-- the year, and the month), a million more where a bank account pays by ACH, and two million where one pays by PAD. What an organization
-- may not charge is not in it, so that it cannot be found out by it. The triggers below keep it; nobody else writes it.
ALTER TABLE accounts ADD COLUMN chargeable INTEGER NOT NULL DEFAULT 0;
ALTER TABLE people ADD COLUMN chargeable INTEGER NOT NULL DEFAULT 0;

-- In which activities somebody takes part, in the organization's own words.
CREATE TABLE enrolments (
    org_id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    program TEXT NOT NULL,
    activity TEXT NOT NULL,
    chargeable INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (org_id, person_id, program, activity),
    FOREIGN KEY (org_id, person_id) REFERENCES people (org_id, id)
) STRICT;

-- What somebody is a member of, from the one day to the other (both included): days of the organization's, as text. Where one of them
-- is not known it is the first of all, or the last.
CREATE TABLE memberships (
    org_id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    membership TEXT NOT NULL,
    from_on TEXT NOT NULL,
    until_on TEXT NOT NULL,
    chargeable INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (org_id, person_id, membership, from_on),
    FOREIGN KEY (org_id, person_id) REFERENCES people (org_id, id),
    CHECK (from_on <= until_on)
) STRICT;

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
    chargeable INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (org_id, person_id, program, activity, membership, from_on),
    FOREIGN KEY (org_id, person_id) REFERENCES people (org_id, id)
) STRICT;

-- Each list is read from the index of its filter, newest first, and from nothing else.
CREATE INDEX accounts_by_chargeable ON accounts (org_id, id, chargeable);
CREATE INDEX accounts_by_email ON accounts (org_id, email, id);
CREATE INDEX accounts_by_reference ON accounts (org_id, reference, id);
CREATE INDEX people_by_chargeable ON people (org_id, id, chargeable);
CREATE INDEX enrolments_by_program ON enrolments (org_id, program, person_id, chargeable);
CREATE INDEX enrolments_by_activity ON enrolments (org_id, activity, person_id, chargeable);
CREATE INDEX enrolments_by_both ON enrolments (org_id, program, activity, person_id, chargeable);
CREATE INDEX memberships_by_name ON memberships (org_id, membership, person_id, chargeable, from_on, until_on);
CREATE INDEX member_enrolments_by_program ON member_enrolments (org_id, membership, program, person_id, chargeable, from_on, until_on);
CREATE INDEX member_enrolments_by_activity ON member_enrolments (org_id, membership, activity, person_id, chargeable, from_on, until_on);
CREATE INDEX member_enrolments_by_both ON member_enrolments (org_id, membership, program, activity, person_id, chargeable, from_on, until_on);

-- What a charge without its payer would accept, whatever the day: kept where the organization charges, allowed, neither removed nor
-- blocked, and for a bank account under a mandate that stands.
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

-- What is so of an account is so of the people in it, and of where they take part.
CREATE TRIGGER accounts_hand_on_chargeable AFTER UPDATE OF chargeable ON accounts WHEN OLD.chargeable <> NEW.chargeable
BEGIN
    UPDATE people SET chargeable = NEW.chargeable WHERE org_id = NEW.org_id AND account_id = NEW.id;
    UPDATE enrolments SET chargeable = NEW.chargeable WHERE org_id = NEW.org_id
        AND person_id IN (SELECT p.id FROM people p WHERE p.org_id = NEW.org_id AND p.account_id = NEW.id);
    UPDATE memberships SET chargeable = NEW.chargeable WHERE org_id = NEW.org_id
        AND person_id IN (SELECT p.id FROM people p WHERE p.org_id = NEW.org_id AND p.account_id = NEW.id);
    UPDATE member_enrolments SET chargeable = NEW.chargeable WHERE org_id = NEW.org_id
        AND person_id IN (SELECT p.id FROM people p WHERE p.org_id = NEW.org_id AND p.account_id = NEW.id);
END;

CREATE TRIGGER accounts_begin_chargeable AFTER INSERT ON accounts
BEGIN
    UPDATE accounts SET chargeable = (SELECT COALESCE(MAX(m.good_until), 0) + COALESCE(MAX(m.ach), 0) + COALESCE(MAX(m.pad), 0)
            FROM chargeable_methods m WHERE m.org_id = NEW.org_id AND m.login_id = NEW.login_id)
        WHERE org_id = NEW.org_id AND id = NEW.id;
END;
CREATE TRIGGER people_begin_chargeable AFTER INSERT ON people
BEGIN
    UPDATE people SET chargeable = (SELECT a.chargeable FROM accounts a WHERE a.org_id = NEW.org_id AND a.id = NEW.account_id)
        WHERE org_id = NEW.org_id AND id = NEW.id;
END;
CREATE TRIGGER enrolments_begin_chargeable AFTER INSERT ON enrolments
BEGIN
    UPDATE enrolments SET chargeable = (SELECT p.chargeable FROM people p WHERE p.org_id = NEW.org_id AND p.id = NEW.person_id)
        WHERE org_id = NEW.org_id AND person_id = NEW.person_id AND program = NEW.program AND activity = NEW.activity;
END;
CREATE TRIGGER memberships_begin_chargeable AFTER INSERT ON memberships
BEGIN
    UPDATE memberships SET chargeable = (SELECT p.chargeable FROM people p WHERE p.org_id = NEW.org_id AND p.id = NEW.person_id)
        WHERE org_id = NEW.org_id AND person_id = NEW.person_id AND membership = NEW.membership AND from_on = NEW.from_on;
END;
CREATE TRIGGER member_enrolments_begin_chargeable AFTER INSERT ON member_enrolments
BEGIN
    UPDATE member_enrolments SET chargeable = (SELECT p.chargeable FROM people p WHERE p.org_id = NEW.org_id AND p.id = NEW.person_id)
        WHERE org_id = NEW.org_id AND person_id = NEW.person_id AND program = NEW.program AND activity = NEW.activity
            AND membership = NEW.membership AND from_on = NEW.from_on;
END;

-- A permission or a mandate that begins or ends is one organization's.
CREATE TRIGGER authorizations_reckon_new AFTER INSERT ON authorizations
BEGIN
    UPDATE accounts SET chargeable = (SELECT COALESCE(MAX(m.good_until), 0) + COALESCE(MAX(m.ach), 0) + COALESCE(MAX(m.pad), 0)
            FROM chargeable_methods m WHERE m.org_id = NEW.org_id AND m.login_id = NEW.login_id)
        WHERE org_id = NEW.org_id AND login_id = NEW.login_id;
END;
CREATE TRIGGER authorizations_reckon AFTER UPDATE OF revoked_at_ms ON authorizations WHEN OLD.revoked_at_ms IS NOT NEW.revoked_at_ms
BEGIN
    UPDATE accounts SET chargeable = (SELECT COALESCE(MAX(m.good_until), 0) + COALESCE(MAX(m.ach), 0) + COALESCE(MAX(m.pad), 0)
            FROM chargeable_methods m WHERE m.org_id = NEW.org_id AND m.login_id = NEW.login_id)
        WHERE org_id = NEW.org_id AND login_id = NEW.login_id;
END;
CREATE TRIGGER mandates_reckon_new AFTER INSERT ON mandates WHEN NEW.scope = 'standing' AND NEW.method_id IS NOT NULL
BEGIN
    UPDATE accounts SET chargeable = (SELECT COALESCE(MAX(m.good_until), 0) + COALESCE(MAX(m.ach), 0) + COALESCE(MAX(m.pad), 0)
            FROM chargeable_methods m WHERE m.org_id = NEW.org_id AND m.login_id = NEW.login_id)
        WHERE org_id = NEW.org_id AND login_id = NEW.login_id;
END;
CREATE TRIGGER mandates_reckon AFTER UPDATE OF method_id, ended_at_ms ON mandates
    WHEN NEW.scope = 'standing' AND NEW.method_id IS NOT NULL
        AND (OLD.method_id IS NOT NEW.method_id OR OLD.ended_at_ms IS NOT NEW.ended_at_ms)
BEGIN
    UPDATE accounts SET chargeable = (SELECT COALESCE(MAX(m.good_until), 0) + COALESCE(MAX(m.ach), 0) + COALESCE(MAX(m.pad), 0)
            FROM chargeable_methods m WHERE m.org_id = NEW.org_id AND m.login_id = NEW.login_id)
        WHERE org_id = NEW.org_id AND login_id = NEW.login_id;
END;

-- A method that is removed, blocked, unblocked or brought up to date concerns every organization that has an account of its login.
CREATE TRIGGER payment_methods_reckon AFTER UPDATE OF removed_at_ms, blocked_by, closed_at_ms, exp_month, exp_year, vault, kind ON payment_methods
    WHEN OLD.removed_at_ms IS NOT NEW.removed_at_ms OR OLD.blocked_by IS NOT NEW.blocked_by OR OLD.closed_at_ms IS NOT NEW.closed_at_ms OR OLD.exp_month IS NOT NEW.exp_month
        OR OLD.exp_year IS NOT NEW.exp_year OR OLD.vault <> NEW.vault OR OLD.kind <> NEW.kind
BEGIN
    UPDATE accounts SET chargeable = (SELECT COALESCE(MAX(m.good_until), 0) + COALESCE(MAX(m.ach), 0) + COALESCE(MAX(m.pad), 0)
            FROM chargeable_methods m WHERE m.org_id = accounts.org_id AND m.login_id = NEW.login_id)
        WHERE login_id = NEW.login_id;
END;

-- Another vault: all that was kept in the one before is charged no more.
CREATE TRIGGER organizations_reckon AFTER UPDATE OF vault ON organizations WHEN OLD.vault <> NEW.vault
BEGIN
    UPDATE accounts SET chargeable = (SELECT COALESCE(MAX(m.good_until), 0) + COALESCE(MAX(m.ach), 0) + COALESCE(MAX(m.pad), 0)
            FROM chargeable_methods m WHERE m.org_id = NEW.org_id AND m.login_id = accounts.login_id)
        WHERE org_id = NEW.org_id;
END;

-- What is there already. An account that has nothing is left alone.
UPDATE accounts SET chargeable = (SELECT COALESCE(MAX(m.good_until), 0) + COALESCE(MAX(m.ach), 0) + COALESCE(MAX(m.pad), 0)
        FROM chargeable_methods m WHERE m.org_id = accounts.org_id AND m.login_id = accounts.login_id)
    WHERE EXISTS (SELECT 1 FROM authorizations a WHERE a.org_id = accounts.org_id AND a.login_id = accounts.login_id);
