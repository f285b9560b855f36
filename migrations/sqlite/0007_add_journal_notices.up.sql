-- Nothing: one process has the file, and knows itself what it appends. The number is that of Postgres.

SELECT 1;
