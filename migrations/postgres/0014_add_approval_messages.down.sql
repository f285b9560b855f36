-- Messages about deploys that wait for an approval are lost: the older build knows none.

DELETE FROM outbox WHERE outcome = 'awaits_approval';

ALTER TABLE outbox DROP CONSTRAINT outbox_outcome_check;
ALTER TABLE outbox ADD CONSTRAINT outbox_outcome_check
  CHECK (outcome IN ('succeeded', 'failed', 'timed_out'));
