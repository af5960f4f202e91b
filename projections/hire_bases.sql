DROP TABLE IF EXISTS hire_bases CASCADE;
CREATE TABLE hire_bases (
    hire uuid PRIMARY KEY,
    introduction uuid NOT NULL,
    base_yen bigint NOT NULL,
    term text NOT NULL
);
GRANT SELECT, INSERT, UPDATE, DELETE ON hire_bases TO relay_app;
