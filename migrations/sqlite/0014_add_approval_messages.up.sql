-- Messages about deploys that begin to wait for an approval, beside those about deploys that ended. SQLite cannot alter
-- a CHECK: the table is made anew, and its rows are copied.

CREATE TABLE outbox_new (
  id            TEXT    NOT NULL PRIMARY KEY,
  deploy_id     TEXT    NOT NULL REFERENCES console_deploys (id),
  channel       TEXT    NOT NULL CHECK (channel IN ('slack', 'webhook')),
  outcome       TEXT    NOT NULL CHECK (outcome IN ('succeeded', 'failed', 'timed_out', 'awaits_approval')),
  created_at    TEXT    NOT NULL,
  -- Not to be sent before this.
  due_at        TEXT    NOT NULL,
  -- Tries that were begun.
  attempts      INTEGER NOT NULL CHECK (attempts >= 0),
  -- Whether a try may have reached the channel without its answer reaching us.
  unclear       INTEGER NOT NULL CHECK (unclear IN (0, 1)),
  -- Until when one instance is sending it.
  claimed_until TEXT,
  -- At most one of these two; with neither it is still to be sent.
  sent_at       TEXT,
  gave_up_at    TEXT CHECK (gave_up_at IS NULL OR sent_at IS NULL),
  failed_at     TEXT,
  last_error    TEXT,
  UNIQUE (deploy_id, channel, outcome)
) STRICT;

INSERT INTO outbox_new (id, deploy_id, channel, outcome, created_at, due_at, attempts, unclear, claimed_until, sent_at, gave_up_at,
  failed_at, last_error)
  SELECT id, deploy_id, channel, outcome, created_at, due_at, attempts, unclear, claimed_until, sent_at, gave_up_at,
  failed_at, last_error FROM outbox;

DROP TABLE outbox;
ALTER TABLE outbox_new RENAME TO outbox;

CREATE INDEX outbox_due ON outbox (channel, due_at) WHERE sent_at IS NULL AND gave_up_at IS NULL;
CREATE INDEX outbox_given_up ON outbox (channel, gave_up_at) WHERE gave_up_at IS NOT NULL;
CREATE INDEX outbox_sent ON outbox (channel, sent_at) WHERE sent_at IS NOT NULL;
