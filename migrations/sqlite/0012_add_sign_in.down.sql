-- Everybody has to sign in again, and every token has to be made again. The journal keeps who made and revoked which.

DROP TABLE console_tokens;
DROP TABLE console_sessions;
