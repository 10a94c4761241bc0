-- What organizations say in their own words in the checkout: by language, by the word's name.

CREATE TABLE organization_words (
    org_id TEXT NOT NULL REFERENCES organizations (org_id),
    language TEXT NOT NULL,
    name TEXT NOT NULL,
    word TEXT NOT NULL CHECK (word <> ''),
    PRIMARY KEY (org_id, language, name)
) STRICT;
