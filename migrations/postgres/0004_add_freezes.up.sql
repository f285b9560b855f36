-- Times during which nothing is deployed. `app` and `environment` are empty where it is for all of them; `time`
-- is JSON, as the domain writes it: which instants it covers depends on a time zone, and no query asks for them.

CREATE TABLE freezes (
  id          TEXT NOT NULL PRIMARY KEY,
  app         TEXT,
  environment TEXT,
  time        TEXT NOT NULL,
  reason      TEXT NOT NULL,
  declared_by TEXT NOT NULL,
  declared_at TEXT NOT NULL,
  lifted_by   TEXT,
  lifted_at   TEXT,
  CHECK ((lifted_by IS NULL) = (lifted_at IS NULL))
);

CREATE INDEX freezes_not_lifted ON freezes (declared_at) WHERE lifted_at IS NULL;
