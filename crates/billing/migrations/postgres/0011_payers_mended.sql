-- A verification has a payer as an attempt has, and nobody follows up on a login that was never used.

ALTER TABLE attempt_payers DROP CONSTRAINT attempt_payers_org_id_attempt_id_fkey;
ALTER TABLE attempt_payers DROP COLUMN never_logged_in;
DROP INDEX action_items_by_subject;

-- What a card that is replaced waits for: a verification whose answer is still to come.
CREATE INDEX setups_under_way ON setups (vault, processor_method) WHERE status = 'sending';
