-- What GitHub asks about its gate: whether a job of a run may go on into an environment. Kept from when it asks until it was
-- told, and for a while after that; what was decided stays in the journal.

CREATE TABLE protection_requests (
  id            TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  repo          TEXT COLLATE "C" NOT NULL,
  run_id        BIGINT NOT NULL,
  environment   TEXT COLLATE "C" NOT NULL,
  -- GitHub's id of what waits: another one each time that it asks about the same run.
  deployment_id BIGINT NOT NULL,
  app           TEXT COLLATE "C" NOT NULL,
  deploy_id     TEXT COLLATE "C" REFERENCES console_deploys (id),
  -- JSON, as the next two.
  started_by    TEXT COLLATE "C",
  state         TEXT COLLATE "C" NOT NULL,
  approved_by   TEXT COLLATE "C" NOT NULL,
  asked_at      TEXT COLLATE "C" NOT NULL,
  tries         BIGINT NOT NULL,
  tried_at      TEXT COLLATE "C",
  -- When GitHub took the answer.
  told_at       TEXT COLLATE "C",
  -- When there was no more to be done: it took the answer, or waited for none any more.
  closed_at     TEXT COLLATE "C",
  UNIQUE (repo, run_id, environment, deployment_id)
);

CREATE INDEX protection_requests_open ON protection_requests (asked_at, id) WHERE closed_at IS NULL;
CREATE INDEX protection_requests_by_time ON protection_requests (asked_at, id);
CREATE INDEX protection_requests_closed ON protection_requests (closed_at) WHERE closed_at IS NOT NULL;
