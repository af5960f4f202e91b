-- Bookkeeping of migrations and projections, and the one clock.
-- Runs as relay_owner; relay_app gets what is granted here and no more.

CREATE TABLE schema_migration (
  number     int         PRIMARY KEY,
  name       text        NOT NULL,
  checksum   text        NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Which text of projections/NAME.sql the projection's tables were made by.
CREATE TABLE projection_schema (
  name     text PRIMARY KEY,
  checksum text NOT NULL
);

-- How far each projection has read the log. No row: it begins at the beginning.
CREATE TABLE projection_position (
  name     text   PRIMARY KEY,
  position bigint NOT NULL CHECK (position >= 0)
);

-- Demo and tests move the clock by this row; the application can only read it.
CREATE TABLE clock_offset (
  one boolean  PRIMARY KEY DEFAULT true CHECK (one),
  by  interval NOT NULL CHECK (extract(year FROM by) = 0 AND extract(month FROM by) = 0)
);

CREATE FUNCTION relay_now() RETURNS timestamptz
LANGUAGE sql VOLATILE SECURITY INVOKER
RETURN clock_timestamp() + coalesce((SELECT o.by FROM public.clock_offset AS o), interval '0');

GRANT SELECT ON schema_migration, projection_schema, clock_offset TO relay_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON projection_position TO relay_app;
