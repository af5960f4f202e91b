-- The stand-in for LINE on a developer's machine: what was pushed to its made-up accounts, and who blocked us.

CREATE TABLE line_stand_in_push (
    id uuid PRIMARY KEY,
    account text NOT NULL,
    text text NOT NULL,
    at timestamptz NOT NULL,
    n bigint GENERATED ALWAYS AS IDENTITY
);
COMMENT ON TABLE line_stand_in_push IS 'A push says that something waits, and names nobody.';
GRANT SELECT, INSERT, DELETE ON line_stand_in_push TO relay_app;

CREATE TABLE line_stand_in_block (account text PRIMARY KEY);
GRANT SELECT, INSERT, DELETE ON line_stand_in_block TO relay_app;
