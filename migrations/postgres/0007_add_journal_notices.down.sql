DROP TRIGGER audit_log_tells ON audit_log;
DROP FUNCTION audit_log_tells();
