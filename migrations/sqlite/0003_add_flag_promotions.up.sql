-- What a flag is in an environment, where somebody promoted it. How it came to that is in the journal.

CREATE TABLE console_flag_promotions (
  flag        TEXT    NOT NULL,
  environment TEXT    NOT NULL,
  is_on       INTEGER NOT NULL CHECK (is_on IN (0, 1)),
  promoted_by TEXT    NOT NULL,
  promoted_at TEXT    NOT NULL,
  PRIMARY KEY (flag, environment)
) STRICT;
