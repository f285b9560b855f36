-- Messages about deploys that have ended, to be sent to Slack and to a webhook. A row is written in the
-- transaction that ends the deploy; whoever sends it holds a lease for as long as a try may take.

CREATE TABLE outbox (
  id            TEXT   NOT NULL COLLATE "C" PRIMARY KEY,
  deploy_id     TEXT   NOT NULL COLLATE "C" REFERENCES console_deploys (id),
  channel       TEXT   NOT NULL CHECK (channel IN ('slack', 'webhook')),
  outcome       TEXT   NOT NULL CHECK (outcome IN ('succeeded', 'failed', 'timed_out')),
  created_at    TEXT   NOT NULL COLLATE "C",
  -- Not to be sent before this.
  due_at        TEXT   NOT NULL COLLATE "C",
  -- Tries that were begun.
  attempts      BIGINT NOT NULL CHECK (attempts >= 0),
  -- Whether a try may have reached the channel without its answer reaching us.
  unclear       BOOLEAN NOT NULL,
  -- Until when one instance is sending it.
  claimed_until TEXT COLLATE "C",
  -- At most one of these two; with neither it is still to be sent.
  sent_at       TEXT COLLATE "C",
  gave_up_at    TEXT COLLATE "C" CHECK (gave_up_at IS NULL OR sent_at IS NULL),
  failed_at     TEXT COLLATE "C",
  last_error    TEXT,
  UNIQUE (deploy_id, channel, outcome)
);

CREATE INDEX outbox_due ON outbox (channel, due_at) WHERE sent_at IS NULL AND gave_up_at IS NULL;
CREATE INDEX outbox_given_up ON outbox (channel, gave_up_at) WHERE gave_up_at IS NOT NULL;
CREATE INDEX outbox_sent ON outbox (channel, sent_at) WHERE sent_at IS NOT NULL;
