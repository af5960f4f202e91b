DROP TABLE IF EXISTS catalogue CASCADE;
CREATE TABLE catalogue (
    candidate uuid PRIMARY KEY,
    card uuid NOT NULL UNIQUE,
    listed boolean NOT NULL,
    skills text[] NOT NULL,
    occupations text[] NOT NULL,
    prefecture text NOT NULL,
    seniority text NOT NULL,
    salary_band text NOT NULL,
    languages text[] NOT NULL,
    reached text NOT NULL,
    profile_version int NOT NULL,
    recommendation_version int,
    lexemes_ref uuid,
    published_at timestamptz,
    confirmed_at timestamptz
);
CREATE INDEX catalogue_page_idx ON catalogue (published_at DESC, card) WHERE listed;
CREATE INDEX catalogue_codes_idx ON catalogue USING gin ((skills || occupations || languages)) WHERE listed;
GRANT SELECT, INSERT, UPDATE, DELETE ON catalogue TO relay_app;
