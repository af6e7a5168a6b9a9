CREATE OR REPLACE FUNCTION kernel.partition_steps(
    p_every interval,
    p_every_ids bigint,
    p_now timestamptz,
    p_highest numeric,
    p_last integer
)
RETURNS TABLE (number integer, span numrange, suffix text)
LANGUAGE sql
STABLE
PARALLEL SAFE
BEGIN ATOMIC
    WITH now AS (
        SELECT
            pg_catalog.timezone('UTC', p_now) AS moment,
            (EXTRACT(year FROM p_every) * 12 + EXTRACT(month FROM p_every))::integer AS months
    ),
    bounds AS (
        SELECT
            n.number,
            CASE
                WHEN now.months > 0
                    THEN timestamp '2000-01-01' + pg_catalog.make_interval(
                        months => now.months * (n.number + pg_catalog.floor(
                            (
                                EXTRACT(year FROM now.moment) * 12 + EXTRACT(month FROM now.moment)
                                - 24001
                            ) / nullif(now.months, 0)
                        )::integer)
                    )
                -- Weeks begin on Mondays.
                WHEN p_every_ids IS NULL
                    THEN pg_catalog.date_bin(p_every, now.moment, timestamp '2001-01-01')
                        + n.number * p_every
            END AS start,
            CASE
                WHEN p_every_ids IS NOT NULL
                    THEN (pg_catalog.div(p_highest, p_every_ids) + n.number) * p_every_ids
            END AS first_id
        FROM now
        CROSS JOIN pg_catalog.generate_series(-1, p_last) AS n (number)
    )
    SELECT
        b.number,
        CASE
            WHEN b.start IS NULL
                THEN pg_catalog.numrange(b.first_id, b.first_id + p_every_ids)
            ELSE pg_catalog.numrange(
                EXTRACT(epoch FROM b.start), EXTRACT(epoch FROM b.start + p_every)
            )
        END,
        CASE
            WHEN b.start IS NULL THEN '_p' || b.first_id::text
            ELSE kernel.partition_suffix(p_every, b.start)
        END
    FROM bounds AS b
    WHERE b.start IS NOT NULL OR b.first_id >= 0;
END;

COMMENT ON FUNCTION kernel.partition_steps(interval, bigint, timestamptz, numeric, integer) IS
'The partitions that a table should have: what each holds, as positions (kernel.partition_position),
and how its name ends. Number 0 holds now, or the highest key; -1 is the one before, for clocks that
are behind. Bounds are in UTC; months begin on the first, days at midnight, weeks on Mondays.';

GRANT EXECUTE ON FUNCTION kernel.partition_steps(
    interval, bigint, timestamptz, numeric, integer
) TO strongroom_runner, pg_monitor;
