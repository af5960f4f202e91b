DROP TABLE IF EXISTS referral_board CASCADE;
CREATE TABLE referral_board (
    referral uuid PRIMARY KEY,
    candidate uuid NOT NULL,
    source uuid NOT NULL,
    applicant uuid NOT NULL,
    reached text NOT NULL,
    referred_at timestamptz NOT NULL,
    recommendation_version int,
    recommendation_ref uuid,
    recommendation_read boolean NOT NULL,
    confirmed_at timestamptz,
    window_until timestamptz,
    ended text
);
CREATE INDEX referral_board_source_idx ON referral_board (source, referred_at DESC);
CREATE INDEX referral_board_candidate_idx ON referral_board (candidate);
GRANT SELECT, INSERT, UPDATE, DELETE ON referral_board TO relay_app;
