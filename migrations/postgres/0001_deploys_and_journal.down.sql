DROP TABLE idempotency_keys;
DROP TABLE callback_deliveries;
DROP TABLE audit_log;
DROP FUNCTION audit_log_is_append_only;
DROP TABLE console_deploys;
