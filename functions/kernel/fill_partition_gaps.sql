CREATE OR REPLACE FUNCTION kernel.fill_partition_gaps(
    p_parent regclass, p_spans numrange[], p_suffixes text[]
)
RETURNS integer
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_name text;
    v_covered nummultirange;
    v_gap numrange;
    v_suffix text;
    v_made integer := 0;
BEGIN
    -- One at a time for each parent; what ATTACH needs anyway.
    EXECUTE format('LOCK TABLE ONLY %s IN SHARE UPDATE EXCLUSIVE MODE', p_parent);
    SELECT coalesce(range_agg(s.span), '{}')
    INTO v_covered
    FROM kernel.partition_spans(p_parent) AS s;
    SELECT c.relname INTO v_name FROM pg_class AS c WHERE c.oid = p_parent;

    FOR v_step IN 1 .. cardinality(p_spans) LOOP
        FOR v_gap IN
            SELECT g.span FROM unnest(nummultirange(p_spans[v_step]) - v_covered) AS g (span)
        LOOP
            v_suffix := CASE
                WHEN lower(v_gap) = lower(p_spans[v_step]) THEN p_suffixes[v_step]
                WHEN (kernel.partition_key(p_parent)).key_type = 'bigint'::regtype
                    THEN '_p' || lower(v_gap)
                ELSE kernel.partition_suffix(
                    interval '1 day', timestamp 'epoch' + lower(v_gap) * interval '1 second'
                )
            END;
            PERFORM kernel.create_partition(
                p_parent, kernel.partition_name(v_name, v_suffix), lower(v_gap), upper(v_gap)
            );
            v_made := v_made + 1;
        END LOOP;
    END LOOP;
    RETURN v_made;
END;
$$;

COMMENT ON FUNCTION kernel.fill_partition_gaps(regclass, numrange[], text[]) IS
'Makes partitions of a table for what none of its partitions holds yet of some steps, as
kernel.due_partitions gives them, whatever names and bounds the others have; how many. Waits for
others who change the same table''s partitions.';
