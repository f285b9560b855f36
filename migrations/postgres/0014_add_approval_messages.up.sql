-- Messages about deploys that begin to wait for an approval, beside those about deploys that ended.

ALTER TABLE outbox DROP CONSTRAINT outbox_outcome_check;
ALTER TABLE outbox ADD CONSTRAINT outbox_outcome_check
  CHECK (outcome IN ('succeeded', 'failed', 'timed_out', 'awaits_approval'));
