-- The journal, read by who acted, what was done and when: each choice finds its entries in the order in which they are
-- shown.

CREATE INDEX audit_log_by_action ON audit_log (action, sequence);
CREATE INDEX audit_log_by_actor ON audit_log (actor, sequence);
CREATE INDEX audit_log_by_time ON audit_log (at, sequence);
