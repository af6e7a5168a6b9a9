-- Attachment assessments: one a person, kept only while they consent.

-- name: save_assessment :exec
-- Keep what a questionnaire measured of the person of this session, in the place of what was kept.
-- It takes the consent attachment_assessment.
--
-- :anxiety_score  from 0 to 100
-- :avoidance_score  from 0 to 100
-- :style  what the scores are read as
-- :assessment_version  which questionnaire
-- :total_questions  how many questions it has
INSERT INTO saltbitter.attachment_assessments AS a (
    user_id, anxiety_score, avoidance_score, style, assessment_version, total_questions
)
VALUES (
    kernel.user_uuid(), :anxiety_score, :avoidance_score, :style, :assessment_version,
    :total_questions
)
ON CONFLICT (user_id) DO UPDATE
SET
    anxiety_score = excluded.anxiety_score,
    avoidance_score = excluded.avoidance_score,
    style = excluded.style,
    assessment_version = excluded.assessment_version,
    total_questions = excluded.total_questions;

-- name: get_assessment :maybe
-- The assessment of the person of this session.
SELECT
    a.anxiety_score,
    a.avoidance_score,
    a.style,
    a.assessment_version,
    a.total_questions,
    a.created_at,
    a.updated_at
FROM saltbitter.attachment_assessments AS a
WHERE a.user_id = kernel.user_uuid();

-- name: delete_assessment :rowcount
-- Delete the assessment of the person of this session; the consent stays.
DELETE FROM saltbitter.attachment_assessments AS a
WHERE a.user_id = kernel.user_uuid();
