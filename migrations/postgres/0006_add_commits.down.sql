-- What was deployed is still in the journal.

DROP INDEX console_deploys_of_run;
ALTER TABLE console_deploys DROP COLUMN commit_id;
