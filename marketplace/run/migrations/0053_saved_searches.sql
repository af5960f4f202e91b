-- What somebody of a hiring company looks for again and again. No fact about anybody: the person's own bookmark.
CREATE TABLE saved_search (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    company uuid NOT NULL,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
    criteria jsonb NOT NULL,
    frequency text NOT NULL CHECK (frequency IN ('none', 'daily', 'weekly')),
    made_at timestamptz NOT NULL,
    looked_at timestamptz NOT NULL,
    next_at timestamptz
);
CREATE INDEX saved_search_user_idx ON saved_search (user_id, company, made_at);
CREATE INDEX saved_search_due_idx ON saved_search (next_at) WHERE next_at IS NOT NULL;
COMMENT ON COLUMN saved_search.looked_at IS 'A digest counts the cards that came after this moment.';
GRANT SELECT, INSERT, UPDATE, DELETE ON saved_search TO relay_app;
