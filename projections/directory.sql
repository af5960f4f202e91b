DROP TABLE IF EXISTS directory CASCADE;
CREATE TABLE directory (
    company uuid PRIMARY KEY,
    name text NOT NULL,
    name_en text NOT NULL,
    corporate_number text NOT NULL,
    roles text[] NOT NULL,
    licence_number text,
    licence_until date,
    t_number text,
    reward_mode text,
    suspended boolean NOT NULL,
    terms_accepted_at timestamptz,
    sharing_mode text NOT NULL,
    sharing_companies uuid[] NOT NULL
);
GRANT SELECT, INSERT, UPDATE, DELETE ON directory TO relay_app;
