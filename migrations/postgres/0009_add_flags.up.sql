-- The flags that there are. Each comes with a migration that adds it here; a promotion of any other is refused.

CREATE TABLE console_flags (
  flag TEXT NOT NULL PRIMARY KEY
);

INSERT INTO console_flags (flag) VALUES ('CONSOLE_DEPLOY_ASYNC'), ('CONSOLE_DEPLOY_PHASE_CALLBACKS');
-- What a newer build promoted while it was here.
INSERT INTO console_flags (flag)
SELECT DISTINCT flag FROM console_flag_promotions WHERE flag NOT IN (SELECT flag FROM console_flags);

ALTER TABLE console_flag_promotions
  ADD CONSTRAINT console_flag_promotions_flag_fkey FOREIGN KEY (flag) REFERENCES console_flags (flag);
