-- What organizations say in their own words in the checkout: by language, by the word's name.

CREATE TABLE organization_words (
    org_id TEXT NOT NULL REFERENCES organizations (org_id),
    language TEXT NOT NULL,
    name TEXT NOT NULL,
    word TEXT NOT NULL CHECK (word <> ''),
    PRIMARY KEY (org_id, language, name)
);

-- Row-level security as everywhere. No worker looks for any of it.
ALTER TABLE organization_words ENABLE ROW LEVEL SECURITY;
ALTER TABLE organization_words FORCE ROW LEVEL SECURITY;
CREATE POLICY by_organization ON organization_words USING (org_id = current_setting('paydesk.organization', true))
    WITH CHECK (org_id = current_setting('paydesk.organization', true));
