-- The older build takes a promotion of any flag.

CREATE TABLE console_flag_promotions_new (
  flag        TEXT    NOT NULL,
  environment TEXT    NOT NULL,
  is_on       INTEGER NOT NULL CHECK (is_on IN (0, 1)),
  promoted_by TEXT    NOT NULL,
  promoted_at TEXT    NOT NULL,
  PRIMARY KEY (flag, environment)
) STRICT;
INSERT INTO console_flag_promotions_new (flag, environment, is_on, promoted_by, promoted_at)
SELECT flag, environment, is_on, promoted_by, promoted_at FROM console_flag_promotions;
DROP TABLE console_flag_promotions;
ALTER TABLE console_flag_promotions_new RENAME TO console_flag_promotions;

DROP TABLE console_flags;
