-- Whatever is still owed an entry is found again on the way up.

DROP TABLE rolled_back_deploys;
