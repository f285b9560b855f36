-- The older build sends nothing: what is still to be sent is forgotten. That the deploys ended stays in the
-- journal.

DROP TABLE outbox;
