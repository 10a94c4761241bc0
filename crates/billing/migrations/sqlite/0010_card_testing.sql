-- Tries with typed cards, for a day: who tries many, and is refused, tests stolen ones.
CREATE TABLE typed_cards (
    org_id TEXT NOT NULL REFERENCES organizations (org_id),
    -- Of the attempt, or of the verification where nothing was due.
    attempt_id TEXT NOT NULL,
    session_id TEXT NOT NULL,
    login_id TEXT NOT NULL,
    -- The network address of whoever tried, an IPv6 one as its /64.
    network TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (org_id, attempt_id)
) STRICT;
CREATE INDEX typed_cards_by_session ON typed_cards (org_id, session_id, at_ms);
CREATE INDEX typed_cards_by_login ON typed_cards (org_id, login_id, at_ms);
CREATE INDEX typed_cards_by_network ON typed_cards (org_id, network, at_ms);
CREATE INDEX typed_cards_by_time ON typed_cards (org_id, at_ms);
