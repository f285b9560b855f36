-- How failed deploys ended that did not fail by themselves, so that a history can be narrowed down to them.

-- superseded, abandoned, cancelled or not_approved; none of those that failed by themselves. Written at the end.
ALTER TABLE console_deploys ADD COLUMN end_kind TEXT;

-- What the journal knows of earlier deploys. Its payloads are compact, and quotes in texts are escaped, so no text can
-- be taken for a member. The order is that of the words on the screen.
UPDATE console_deploys
SET end_kind = (SELECT CASE WHEN seen.payload LIKE '%"run_state":"superseded"%' THEN 'superseded'
                            WHEN seen.actions LIKE '%|console.deploy.abandoned|%' THEN 'abandoned'
                            WHEN seen.payload LIKE '%"run_state":"cancelled"%' THEN 'cancelled'
                            WHEN seen.actions LIKE '%|console.deploy.rejected|%' THEN 'not_approved' END
                FROM (SELECT (SELECT a.payload FROM audit_log a
                              WHERE a.deploy_id = console_deploys.id AND a.action = 'console.deploy.run_observed'
                              ORDER BY a.sequence DESC LIMIT 1) AS payload,
                             (SELECT '|' || group_concat(a.action, '|') || '|' FROM audit_log a
                              WHERE a.deploy_id = console_deploys.id) AS actions) AS seen)
WHERE status = 'failed';

-- They are few: one index is enough for every choice of app and environment.
CREATE INDEX console_deploys_ended_as ON console_deploys (end_kind, requested_at DESC, id DESC)
  WHERE end_kind IS NOT NULL;
