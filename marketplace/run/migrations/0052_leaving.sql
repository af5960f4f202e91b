-- Whoever leaves a company leaves nothing open: in the transaction that says so, what they held for it ends for good.
-- Reading asks `member` as well (api/session.py, api/keys.py), so that what is made at this very moment opens nothing either;
-- this is what keeps a return from bringing an old session, link or key back to life.
ALTER TABLE member ADD COLUMN seen_at timestamptz;
COMMENT ON COLUMN member.seen_at IS 'When the person last did something here for the company; outlives their sessions.';

CREATE FUNCTION relay_member_left() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    works_nowhere boolean := NOT EXISTS (SELECT FROM member m WHERE m.user_id = NEW.user_id AND m.left_at IS NULL);
BEGIN
    UPDATE api_key SET revoked_at = NEW.left_at
    WHERE made_by = NEW.user_id AND company = NEW.company AND revoked_at IS NULL;
    UPDATE web_session SET ended_at = NEW.left_at
    WHERE kind = 'user' AND subject = NEW.user_id AND (works_nowhere OR company = NEW.company) AND ended_at IS NULL;
    IF works_nowhere THEN
        UPDATE login_link SET used_at = NEW.left_at
        WHERE kind = 'user' AND subject = NEW.user_id AND used_at IS NULL;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER leaves_nothing_open AFTER UPDATE ON member FOR EACH ROW
    WHEN (OLD.left_at IS NULL AND NEW.left_at IS NOT NULL) EXECUTE FUNCTION relay_member_left();

CREATE INDEX api_key_made_by_idx ON api_key (made_by) WHERE revoked_at IS NULL;
