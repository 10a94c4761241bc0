-- A proof that the payer's bank asks them for. Its attempt stays in doubt, which is what it is; this says what it waits for.
-- Beside the attempt, as every outcome that ends the doubt takes it away in the same row.

-- Where the payer is asked.
ALTER TABLE attempts ADD COLUMN challenge_url TEXT;
-- When it is given up.
ALTER TABLE attempts ADD COLUMN challenge_until_ms INTEGER;
-- 1 when it is given up, and the processor is told to cancel it.
ALTER TABLE attempts ADD COLUMN challenge_given_up INTEGER NOT NULL DEFAULT 0 CHECK (challenge_given_up IN (0, 1));
-- Where the payer is asked.
ALTER TABLE setups ADD COLUMN challenge_url TEXT;
-- When it is given up.
ALTER TABLE setups ADD COLUMN challenge_until_ms INTEGER;
-- 1 when it is given up, and the processor is told to cancel it.
ALTER TABLE setups ADD COLUMN challenge_given_up INTEGER NOT NULL DEFAULT 0 CHECK (challenge_given_up IN (0, 1));
