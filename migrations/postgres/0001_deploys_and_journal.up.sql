-- Deploys, the journal, and what makes requests and callbacks safe to repeat.
-- Times are RFC 3339 in UTC with milliseconds, so that they sort as text: byte by byte, by COLLATE "C". Every
-- column holds the same text as in SQLite, so that rows are read, and entries hashed, by the same code.

CREATE TABLE console_deploys (
  id             TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  app            TEXT   NOT NULL,
  environment    TEXT   NOT NULL,
  git_ref        TEXT   NOT NULL,
  status         TEXT   NOT NULL CONSTRAINT console_deploys_status_check CHECK (status IN (
                   'requested', 'dispatched', 'building', 'deploying', 'succeeded', 'failed', 'timed_out')),
  version        BIGINT NOT NULL CHECK (version >= 1),
  github_run_id  BIGINT,
  github_run_url TEXT,
  requested_by   TEXT   NOT NULL,
  reason         TEXT,
  requested_at   TEXT COLLATE "C" NOT NULL,
  updated_at     TEXT COLLATE "C" NOT NULL,
  finished_at    TEXT COLLATE "C",
  failure_stage  TEXT
);

-- One live deploy per app and environment.
CREATE UNIQUE INDEX console_deploys_one_live ON console_deploys (app, environment)
  WHERE status NOT IN ('succeeded', 'failed', 'timed_out');
CREATE INDEX console_deploys_newest ON console_deploys (requested_at DESC, id DESC);
CREATE INDEX console_deploys_newest_of_environment
  ON console_deploys (app, environment, requested_at DESC, id DESC);

-- The journal. Rows are chained: each hash covers the row and the hash before it. Its end is guarded by an
-- advisory lock; see ADR 6.
CREATE TABLE audit_log (
  sequence      BIGINT NOT NULL PRIMARY KEY CHECK (sequence >= 1),
  at            TEXT   NOT NULL,
  actor         TEXT   NOT NULL,
  action        TEXT   NOT NULL,
  deploy_id     TEXT,
  payload       TEXT   NOT NULL,
  previous_hash TEXT   NOT NULL,
  hash          TEXT   NOT NULL UNIQUE
);

CREATE INDEX audit_log_of_deploy ON audit_log (deploy_id, sequence);

CREATE FUNCTION audit_log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'audit_log is append-only';
END
$$;

CREATE TRIGGER audit_log_refuses_update BEFORE UPDATE ON audit_log
  FOR EACH STATEMENT EXECUTE FUNCTION audit_log_is_append_only();
CREATE TRIGGER audit_log_refuses_delete BEFORE DELETE ON audit_log
  FOR EACH STATEMENT EXECUTE FUNCTION audit_log_is_append_only();
CREATE TRIGGER audit_log_refuses_truncate BEFORE TRUNCATE ON audit_log
  FOR EACH STATEMENT EXECUTE FUNCTION audit_log_is_append_only();

-- Deliveries that were decided, with the answer that a repetition gets again.
CREATE TABLE callback_deliveries (
  delivery_id TEXT NOT NULL PRIMARY KEY,
  deploy_id   TEXT NOT NULL REFERENCES console_deploys (id),
  body_hash   TEXT NOT NULL,
  answer      TEXT NOT NULL,
  received_at TEXT NOT NULL
);

-- Dispatch requests by key and by who asked. `answered_at` is empty while the first one is in flight.
CREATE TABLE idempotency_keys (
  actor       TEXT NOT NULL,
  key         TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  deploy_id   TEXT NOT NULL REFERENCES console_deploys (id),
  created_at  TEXT COLLATE "C" NOT NULL,
  answered_at TEXT,
  PRIMARY KEY (actor, key)
);

CREATE INDEX idempotency_keys_of_deploy ON idempotency_keys (deploy_id);
