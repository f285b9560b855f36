-- Deploys that enough people have approved, and for which GitHub was asked or was about to be: each is taken once.

CREATE TABLE approved_dispatches (
  deploy_id  TEXT NOT NULL PRIMARY KEY REFERENCES console_deploys (id),
  claimed_at TEXT NOT NULL
) STRICT;
