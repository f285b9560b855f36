DROP TABLE idempotency_keys;
DROP TABLE callback_deliveries;
DROP TRIGGER audit_log_refuses_replacement;
DROP TRIGGER audit_log_refuses_delete;
DROP TRIGGER audit_log_refuses_update;
DROP TABLE audit_log;
DROP TABLE console_deploys;
