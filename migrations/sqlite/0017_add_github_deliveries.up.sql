-- Webhooks of GitHub that were taken, so that one that comes again is known.

CREATE TABLE github_deliveries (
  delivery_id TEXT NOT NULL PRIMARY KEY,
  received_at TEXT NOT NULL
) STRICT;

CREATE INDEX github_deliveries_by_time ON github_deliveries (received_at);
