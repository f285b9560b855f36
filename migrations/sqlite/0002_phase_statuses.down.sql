-- Back to the statuses of before. A row that holds a phase status cannot be followed by the older build:
-- it becomes `failed`. The journal, being append-only, keeps what really happened.

UPDATE console_deploys
SET failure_stage = CASE status
      WHEN 'smoke_gate_started'   THEN 'smoke_gate_failed'
      WHEN 'freeze_check_started' THEN 'freeze_check_failed'
    END,
    status      = 'failed',
    version     = version + 1,
    finished_at = updated_at
WHERE status IN ('smoke_gate_started', 'smoke_gate_passed', 'freeze_check_started', 'freeze_check_passed');

CREATE TABLE console_deploys_new (
  id             TEXT    NOT NULL PRIMARY KEY,
  app            TEXT    NOT NULL,
  environment    TEXT    NOT NULL,
  git_ref        TEXT    NOT NULL,
  status         TEXT    NOT NULL CHECK (status IN (
                   'requested', 'dispatched', 'building', 'deploying', 'succeeded', 'failed', 'timed_out')),
  version        INTEGER NOT NULL CHECK (version >= 1),
  github_run_id  INTEGER,
  github_run_url TEXT,
  requested_by   TEXT    NOT NULL,
  reason         TEXT,
  requested_at   TEXT    NOT NULL,
  updated_at     TEXT    NOT NULL,
  finished_at    TEXT,
  failure_stage  TEXT
) STRICT;

INSERT INTO console_deploys_new SELECT * FROM console_deploys;

DROP TABLE console_deploys;
ALTER TABLE console_deploys_new RENAME TO console_deploys;

CREATE UNIQUE INDEX console_deploys_one_live ON console_deploys (app, environment)
  WHERE status NOT IN ('succeeded', 'failed', 'timed_out');
CREATE INDEX console_deploys_newest ON console_deploys (requested_at DESC, id DESC);
CREATE INDEX console_deploys_newest_of_environment
  ON console_deploys (app, environment, requested_at DESC, id DESC);
