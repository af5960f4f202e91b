DROP TABLE IF EXISTS glass CASCADE;
CREATE TABLE glass (
    glass uuid PRIMARY KEY,
    candidate uuid NOT NULL,
    broken_by uuid NOT NULL,
    reason text NOT NULL,
    words_ref uuid NOT NULL,
    broken_at timestamptz NOT NULL,
    open_until timestamptz NOT NULL,
    mended_at timestamptz
);
CREATE INDEX glass_candidate_idx ON glass (candidate, broken_at DESC);
CREATE INDEX glass_broken_at_idx ON glass (broken_at DESC);
GRANT SELECT, INSERT, UPDATE, DELETE ON glass TO relay_app;
