-- The older build knows no freezes: whoever goes back deploys whenever they like. The journal still says what was
-- declared, lifted and overridden.

DROP TABLE freezes;
