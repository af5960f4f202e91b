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
GRANT SELECT, INSERT, UPDATE, DELETE ON story TO relay_app;
