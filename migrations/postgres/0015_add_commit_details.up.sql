-- What GitHub records of commits that were shown, and of what lies between two of them. A commit never changes: a row is
-- written once, and never updated.

CREATE TABLE commits (
  sha          TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  -- The first line of its message, cut.
  subject      TEXT NOT NULL,
  author       TEXT,
  committed_at TEXT COLLATE "C"
);

CREATE TABLE commit_distances (
  base   TEXT COLLATE "C" NOT NULL,
  head   TEXT COLLATE "C" NOT NULL,
  -- Commits that only the head has, and commits that only the base has.
  ahead  BIGINT NOT NULL,
  behind BIGINT NOT NULL,
  PRIMARY KEY (base, head)
);
