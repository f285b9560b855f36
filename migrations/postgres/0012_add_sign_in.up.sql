-- Who is signed in, and which programs may act. Of a secret only its SHA-256 is here, in hexadecimal; nothing of the
-- sign-in provider's is.

CREATE TABLE console_sessions (
  hash         TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  person_id    TEXT NOT NULL,
  person_name  TEXT NOT NULL,
  -- The groups that the provider named at sign-in, as a JSON list.
  person_groups TEXT NOT NULL,
  created_at   TEXT COLLATE "C" NOT NULL,
  last_seen_at TEXT COLLATE "C" NOT NULL,
  expires_at   TEXT COLLATE "C" NOT NULL,
  -- Empty until it is ended by hand.
  ended_at     TEXT COLLATE "C"
);

CREATE INDEX console_sessions_expire ON console_sessions (expires_at);
CREATE INDEX console_sessions_ended ON console_sessions (ended_at) WHERE ended_at IS NOT NULL;

-- `apps` and `environments` are JSON lists, and empty where a token is good for all of them.
CREATE TABLE console_tokens (
  hash         TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  name         TEXT NOT NULL,
  role         TEXT NOT NULL,
  apps         TEXT,
  environments TEXT,
  created_by   TEXT NOT NULL,
  created_at   TEXT COLLATE "C" NOT NULL,
  expires_at   TEXT COLLATE "C",
  last_used_at TEXT COLLATE "C",
  revoked_at   TEXT COLLATE "C"
);

-- A name is free again when its token is revoked.
CREATE UNIQUE INDEX console_tokens_name ON console_tokens (name) WHERE revoked_at IS NULL;
CREATE INDEX console_tokens_revoked ON console_tokens (revoked_at) WHERE revoked_at IS NOT NULL;
