-- Deploys that a migration down ended, because the older build could not follow their status. The journal of each lacks
-- its last entry. The console writes that at its next start, and takes the row away.

CREATE TABLE rolled_back_deploys (
  deploy_id TEXT NOT NULL COLLATE "C" PRIMARY KEY REFERENCES console_deploys (id),
  -- The status before.
  status    TEXT NOT NULL
);

-- What the journal says last of a deploy that has failed, where that is not its failure. Payloads are compact, and quotes
-- in texts are escaped, so no text can be taken for a member.
INSERT INTO rolled_back_deploys (deploy_id, status)
SELECT deploy_id, status
FROM (
  SELECT d.id AS deploy_id,
         CASE WHEN a.payload LIKE '%"status":"smoke_gate_started"%'   THEN 'smoke_gate_started'
              WHEN a.payload LIKE '%"status":"smoke_gate_passed"%'    THEN 'smoke_gate_passed'
              WHEN a.payload LIKE '%"status":"freeze_check_started"%' THEN 'freeze_check_started'
              WHEN a.payload LIKE '%"status":"freeze_check_passed"%'  THEN 'freeze_check_passed'
         END AS status
  FROM console_deploys d
  JOIN audit_log a ON a.sequence = (SELECT max(s.sequence) FROM audit_log s
                                    WHERE s.deploy_id = d.id AND s.payload LIKE '%"status":"%')
  WHERE d.status = 'failed'
) AS last
WHERE status IS NOT NULL;
