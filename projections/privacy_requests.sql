DROP TABLE IF EXISTS privacy_requests CASCADE;
CREATE TABLE privacy_requests (
    request uuid PRIMARY KEY,
    controller uuid NOT NULL,
    kind text NOT NULL,
    applicant uuid,
    received_at timestamptz NOT NULL,
    due_on date NOT NULL,
    status text NOT NULL,
    granted boolean,
    reason text NOT NULL
);
CREATE INDEX privacy_requests_controller_idx ON privacy_requests (controller, due_on);
GRANT SELECT, INSERT, UPDATE, DELETE ON privacy_requests TO relay_app;
