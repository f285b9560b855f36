-- GitHub still has all of it, and is asked again.

DROP TABLE commit_distances;
DROP TABLE commits;
