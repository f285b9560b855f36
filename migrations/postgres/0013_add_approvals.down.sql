-- A deploy that still waits for an approval is taken for a request that GitHub never answered, and ends as one.

DROP TABLE approved_dispatches;
