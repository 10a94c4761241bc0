-- How many codes are sent is counted by organization, too; and a device that needs none has a name that its client can tell apart and
-- forget it by.

-- Those from before count for no organization: within a day they are forgotten.
ALTER TABLE wallet_codes ADD COLUMN org_id TEXT NOT NULL DEFAULT '';

-- Who was remembered before this is asked for a code once more.
DROP TABLE wallet_devices;
CREATE TABLE wallet_devices (
    login_id TEXT NOT NULL REFERENCES logins (id),
    id TEXT NOT NULL,
    hash TEXT NOT NULL,
    -- What the browser called itself.
    user_agent TEXT,
    created_at_ms INTEGER NOT NULL,
    used_at_ms INTEGER NOT NULL,
    expires_at_ms INTEGER NOT NULL,
    PRIMARY KEY (login_id, id),
    UNIQUE (login_id, hash)
) STRICT;
