CREATE OR REPLACE FUNCTION kernel.is_request_move(p_from text, p_to text)
RETURNS boolean
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
BEGIN ATOMIC
    SELECT (p_from, p_to) IN (
        ('requested', 'verified'),
        ('requested', 'refused'),
        ('verified', 'approved'),
        ('verified', 'refused'),
        ('approved', 'running'),
        ('approved', 'held'),
        ('approved', 'refused'),
        ('running', 'done'),
        ('running', 'failed'),
        ('running', 'held'),
        ('held', 'approved'),
        ('held', 'refused'),
        ('failed', 'approved')
    );
END;

COMMENT ON FUNCTION kernel.is_request_move(text, text) IS
'Whether a person''s request may go from the one state to the other. What was begun is not refused
any more: that is asked besides.';

GRANT EXECUTE ON FUNCTION kernel.is_request_move(text, text)
TO strongroom_runner, strongroom_definer;
