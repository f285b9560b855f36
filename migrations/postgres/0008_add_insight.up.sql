-- What plots and figures are counted from, each written once; and an index for each way to ask for deploys.

-- When the commit was made, by the word of whoever checked it out.
ALTER TABLE console_deploys ADD COLUMN committed_at TEXT COLLATE "C";
-- When it had been rolled out, and its health check began.
ALTER TABLE console_deploys ADD COLUMN rolled_out_at TEXT COLLATE "C";
-- How it came to be, in one word. The journal says the rest.
ALTER TABLE console_deploys ADD COLUMN origin_kind TEXT;

-- What the journal knows of earlier deploys. Its payloads are compact, and quotes in texts are escaped, so nobody's
-- words can be taken for a member.
UPDATE console_deploys
SET rolled_out_at = (SELECT min(a.at) FROM audit_log a
                     WHERE a.deploy_id = console_deploys.id AND a.payload LIKE '%"status":"deploying"%'),
    origin_kind   = (SELECT CASE WHEN a.payload LIKE '%"kind":"rollback"%' THEN 'rollback'
                                 WHEN a.payload LIKE '%"kind":"promotion"%' THEN 'promotion'
                                 WHEN a.payload LIKE '%"kind":"github"%' THEN 'github'
                                 WHEN a.payload LIKE '%"kind":%' THEN NULL
                                 ELSE 'request' END
                     FROM audit_log a
                     WHERE a.deploy_id = console_deploys.id
                       AND a.action IN ('console.deploy.requested', 'console.deploy.imported'));

-- Newest first, by any choice of app, environment and status, and by whoever asked. A status that is no end is held by
-- one row per environment: console_deploys_one_live finds those. So the others are indexed once, at their end.
CREATE INDEX console_deploys_newest_of_app ON console_deploys (app, requested_at DESC, id DESC);
CREATE INDEX console_deploys_newest_anywhere ON console_deploys (environment, requested_at DESC, id DESC);
CREATE INDEX console_deploys_newest_of_person ON console_deploys (requested_by, requested_at DESC, id DESC);
CREATE INDEX console_deploys_ended ON console_deploys (status, requested_at DESC, id DESC)
  WHERE status IN ('succeeded', 'failed', 'timed_out');
CREATE INDEX console_deploys_ended_of_app ON console_deploys (app, status, requested_at DESC, id DESC)
  WHERE status IN ('succeeded', 'failed', 'timed_out');
CREATE INDEX console_deploys_ended_anywhere ON console_deploys (environment, status, requested_at DESC, id DESC)
  WHERE status IN ('succeeded', 'failed', 'timed_out');
CREATE INDEX console_deploys_ended_of_environment
  ON console_deploys (app, environment, status, requested_at DESC, id DESC)
  WHERE status IN ('succeeded', 'failed', 'timed_out');
CREATE INDEX console_deploys_ended_of_person ON console_deploys (requested_by, status, requested_at DESC, id DESC)
  WHERE status IN ('succeeded', 'failed', 'timed_out');

-- What ended in a range of time.
CREATE INDEX console_deploys_ended_at ON console_deploys (finished_at) WHERE finished_at IS NOT NULL;
