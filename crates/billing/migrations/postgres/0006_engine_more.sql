-- A look-up that did not come to the end of the processor's list goes on where it stopped.

ALTER TABLE attempts ADD COLUMN look_up_after TEXT;
ALTER TABLE attempts ADD COLUMN look_up_began_at_ms BIGINT;
