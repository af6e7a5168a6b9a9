CREATE OR REPLACE FUNCTION kernel.band(p_value numeric, p_width bigint DEFAULT NULL)
RETURNS numeric
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
RETURN CASE
    WHEN p_value IN ('NaN', 'Infinity', '-Infinity') THEN NULL
    WHEN p_width IS NOT NULL
        THEN pg_catalog.trunc(p_value) - mod(pg_catalog.trunc(p_value), p_width)
    WHEN pg_catalog.abs(p_value) < 1 THEN 0
    ELSE pg_catalog.sign(p_value) * (
        CASE
            WHEN pg_catalog.left(pg_catalog.trunc(pg_catalog.abs(p_value))::text, 1) >= '5' THEN '5'
            WHEN pg_catalog.left(pg_catalog.trunc(pg_catalog.abs(p_value))::text, 1) >= '2' THEN '2'
            ELSE '1'
        END
        || pg_catalog.repeat(
            '0', pg_catalog.length(pg_catalog.trunc(pg_catalog.abs(p_value))::text) - 1
        )
    )::numeric
END;

COMMENT ON FUNCTION kernel.band(numeric, bigint) IS
'The end, towards zero, of the band in which a number lies: of 1, 2, 5, 10, 20, 50 and so on, or of the
multiples of a width. NULL for what is no finite number; raises no error.';

GRANT EXECUTE ON FUNCTION kernel.band(numeric, bigint) TO strongroom_client;
