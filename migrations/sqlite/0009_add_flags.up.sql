-- The flags that there are. Each comes with a migration that adds it here; a promotion of any other is refused.

CREATE TABLE console_flags (
  flag TEXT NOT NULL PRIMARY KEY
) STRICT;

INSERT INTO console_flags (flag) VALUES ('CONSOLE_DEPLOY_ASYNC'), ('CONSOLE_DEPLOY_PHASE_CALLBACKS');
-- What a newer build promoted while it was here.
INSERT INTO console_flags (flag)
SELECT DISTINCT flag FROM console_flag_promotions WHERE flag NOT IN (SELECT flag FROM console_flags);

CREATE TABLE console_flag_promotions_new (
  flag        TEXT    NOT NULL REFERENCES console_flags (flag),
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
