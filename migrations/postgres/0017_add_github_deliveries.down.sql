-- One that comes again is read once more, which changes nothing.

DROP TABLE github_deliveries;
