-- What GitHub records of commits that were shown, and of what lies between two of them. A commit never changes: a row is
-- written once, and never updated.

CREATE TABLE commits (
  sha          TEXT NOT NULL PRIMARY KEY,
  -- The first line of its message, cut.
  subject      TEXT NOT NULL,
  author       TEXT,
  committed_at TEXT
) STRICT;

CREATE TABLE commit_distances (
  base   TEXT NOT NULL,
  head   TEXT NOT NULL,
  -- Commits that only the head has, and commits that only the base has.
  ahead  INTEGER NOT NULL,
  behind INTEGER NOT NULL,
  PRIMARY KEY (base, head)
) STRICT;
