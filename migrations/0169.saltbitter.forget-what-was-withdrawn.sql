-- Forget what was kept by a consent that was taken back past saltbitter.withdraw_consent().
-- depends: 0168.saltbitter.validate-checks
-- locks: rows of those people

WITH newest AS (
    SELECT DISTINCT ON (e.subject) e.subject, e.granted
    FROM kernel.consent_event AS e
    WHERE e.app = 'saltbitter' AND e.purpose = 'attachment_assessment' AND e.subject IS NOT NULL
    ORDER BY e.subject, e.id DESC
)
DELETE FROM saltbitter.attachment_assessments AS a
USING newest AS n
WHERE n.subject = a.user_id::text AND NOT n.granted;

WITH newest AS (
    SELECT DISTINCT ON (e.subject) e.subject, e.granted
    FROM kernel.consent_event AS e
    WHERE e.app = 'saltbitter' AND e.purpose = 'orientation' AND e.subject IS NOT NULL
    ORDER BY e.subject, e.id DESC
)
UPDATE saltbitter.profiles AS p
SET looking_for_gender = NULL
FROM newest AS n
WHERE n.subject = p.user_id::text AND NOT n.granted AND p.looking_for_gender IS NOT NULL;
