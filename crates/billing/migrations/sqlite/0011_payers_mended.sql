-- A verification has a payer as an attempt has, nobody follows up on a login that was never used, and tries with
-- typed cards are forgotten after their day whether or not anybody tries another.

-- Made anew, because SQLite cannot drop the foreign key to `attempts`.
CREATE TABLE payers_of_tries (
    org_id TEXT NOT NULL,
    -- Of the attempt, or of the verification where nothing was due.
    attempt_id TEXT NOT NULL,
    -- The admin who acted.
    admin_id TEXT,
    -- The processor's single-use name for a security code.
    security_code TEXT,
    PRIMARY KEY (org_id, attempt_id)
) STRICT;
INSERT INTO payers_of_tries (org_id, attempt_id, admin_id, security_code)
    SELECT org_id, attempt_id, admin_id, security_code FROM attempt_payers;
DROP TABLE attempt_payers;
ALTER TABLE payers_of_tries RENAME TO attempt_payers;
DROP INDEX action_items_by_subject;

-- What a card that is replaced waits for: a verification whose answer is still to come.
CREATE INDEX setups_under_way ON setups (vault, processor_method) WHERE status = 'sending';

-- Whichever organization they are of.
CREATE INDEX typed_cards_over ON typed_cards (at_ms);
