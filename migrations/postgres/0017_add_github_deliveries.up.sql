-- Webhooks of GitHub that were taken, so that one that comes again is known.

CREATE TABLE github_deliveries (
  delivery_id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  received_at TEXT COLLATE "C" NOT NULL
);

CREATE INDEX github_deliveries_by_time ON github_deliveries (received_at);
