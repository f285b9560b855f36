-- How deploys ended is still in the journal, and migrating up reads it from there.

DROP INDEX console_deploys_ended_as;
ALTER TABLE console_deploys DROP COLUMN end_kind;
