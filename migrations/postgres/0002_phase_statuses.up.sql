-- The four phase statuses, additively.

ALTER TABLE console_deploys
  DROP CONSTRAINT console_deploys_status_check,
  ADD CONSTRAINT console_deploys_status_check CHECK (status IN (
    'requested', 'dispatched', 'smoke_gate_started', 'smoke_gate_passed', 'freeze_check_started',
    'freeze_check_passed', 'building', 'deploying', 'succeeded', 'failed', 'timed_out'));
