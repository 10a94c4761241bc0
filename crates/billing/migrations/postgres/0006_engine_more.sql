-- A look-up that did not come to the end of the processor's list goes on where it stopped.

ALTER TABLE attempts ADD COLUMN look_up_after TEXT;
ALTER TABLE attempts ADD COLUMN look_up_began_at_ms BIGINT;

-- A pass through the processor's list of events, newest first, that has not come to its end.
ALTER TABLE processor_cursors ADD COLUMN pass_began_s BIGINT;
ALTER TABLE processor_cursors ADD COLUMN pass_until_s BIGINT;

-- Who has debited an account, when its bank corrects it.
CREATE INDEX attempts_by_bank_account ON attempts (vault, processor_method)
    WHERE kind <> 'card' AND processor_method IS NOT NULL;
