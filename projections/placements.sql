DROP TABLE IF EXISTS placements CASCADE;
CREATE TABLE placements (
    hire uuid PRIMARY KEY,
    introduction uuid NOT NULL,
    candidate uuid NOT NULL,
    hiring uuid NOT NULL,
    employment_no int NOT NULL,
    reported_by text NOT NULL,
    started_on date NOT NULL,
    status text NOT NULL,
    placed_on date,
    owners uuid[] NOT NULL,
    left_on date,
    return_bps int
);
CREATE INDEX placements_hiring_idx ON placements (hiring);
CREATE INDEX placements_candidate_idx ON placements (candidate);
CREATE INDEX placements_introduction_idx ON placements (introduction);
GRANT SELECT, INSERT, UPDATE, DELETE ON placements TO relay_app;
