-- GitHub waits for what was not answered, for 30 days at most: a person can decide there. The journal keeps what was decided.

DROP TABLE protection_requests;
