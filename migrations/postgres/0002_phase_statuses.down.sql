-- Back to the statuses of before. A row that holds a phase status cannot be followed by the older build:
-- it becomes `failed`. The journal, being append-only, keeps what really happened.

UPDATE console_deploys
SET failure_stage = CASE status
      WHEN 'smoke_gate_started'   THEN 'smoke_gate_failed'
      WHEN 'freeze_check_started' THEN 'freeze_check_failed'
    END,
    status      = 'failed',
    version     = version + 1,
    finished_at = updated_at
WHERE status IN ('smoke_gate_started', 'smoke_gate_passed', 'freeze_check_started', 'freeze_check_passed');

ALTER TABLE console_deploys
  DROP CONSTRAINT console_deploys_status_check,
  ADD CONSTRAINT console_deploys_status_check CHECK (status IN (
    'requested', 'dispatched', 'building', 'deploying', 'succeeded', 'failed', 'timed_out'));
