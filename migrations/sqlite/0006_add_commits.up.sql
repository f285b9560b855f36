-- Which commit a deploy is of, once somebody who knows has said so; and the way from a run to its deploy.

ALTER TABLE console_deploys ADD COLUMN commit_id TEXT;

CREATE INDEX console_deploys_of_run ON console_deploys (github_run_id) WHERE github_run_id IS NOT NULL;
