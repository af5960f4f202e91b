DROP TABLE IF EXISTS story CASCADE;
CREATE TABLE story (
    id text PRIMARY KEY,
    position bigint NOT NULL,
    subject uuid NOT NULL,
    stream uuid NOT NULL,
    version int NOT NULL,
    kind text NOT NULL,
    actor text NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX story_subject_idx ON story (subject, position);
-- What a hire or a fee began with is asked by its stream; few streams begin so.
CREATE INDEX story_began_idx ON story (stream) WHERE version = 1 AND kind IN ('hire-reported.v1', 'fee-accrued.v1');
GRANT SELECT, INSERT, UPDATE, DELETE ON story TO relay_app;
