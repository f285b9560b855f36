-- What was rolled out, and how each deploy came to be, is still in the journal; and when commits were made, too.

DROP INDEX console_deploys_ended_at;
DROP INDEX console_deploys_ended_of_person;
DROP INDEX console_deploys_ended_of_environment;
DROP INDEX console_deploys_ended_anywhere;
DROP INDEX console_deploys_ended_of_app;
DROP INDEX console_deploys_ended;
DROP INDEX console_deploys_newest_of_person;
DROP INDEX console_deploys_newest_anywhere;
DROP INDEX console_deploys_newest_of_app;
ALTER TABLE console_deploys DROP COLUMN origin_kind;
ALTER TABLE console_deploys DROP COLUMN rolled_out_at;
ALTER TABLE console_deploys DROP COLUMN committed_at;
