-- A verification has a payer as an attempt has, nobody follows up on a login that was never used, and tries with
-- typed cards are forgotten after their day whether or not anybody tries another.

ALTER TABLE attempt_payers DROP CONSTRAINT attempt_payers_org_id_attempt_id_fkey;
ALTER TABLE attempt_payers DROP COLUMN never_logged_in;
DROP INDEX action_items_by_subject;

-- What a card that is replaced waits for: a verification whose answer is still to come.
CREATE INDEX setups_under_way ON setups (vault, processor_method) WHERE status = 'sending';

-- Whichever organization they are of.
CREATE INDEX typed_cards_over ON typed_cards (at_ms);
CREATE POLICY by_worker_look ON typed_cards FOR SELECT USING (current_setting('paydesk.worker', true) = 'on');
