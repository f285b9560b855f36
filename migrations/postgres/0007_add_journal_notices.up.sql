-- Whoever listens is told, when it is committed, that the journal has grown. What was appended is read from there.

CREATE FUNCTION audit_log_tells() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('deploy_console_journal', '');
  RETURN NULL;
END
$$;

CREATE TRIGGER audit_log_tells AFTER INSERT ON audit_log
  FOR EACH STATEMENT EXECUTE FUNCTION audit_log_tells();
