-- Spell out whose filter a finding about indexes speaks of.
-- depends: 0050.kernel.keep-digests
-- locks: ACCESS EXCLUSIVE on the view, for an instant

CREATE OR REPLACE VIEW kernel.check_index_not_leakproof
WITH (security_invoker = true)
AS
SELECT
    'index_not_leakproof' AS name,
    'An index is out of reach of whoever policies bind' AS title,
    'INFO' AS level,
    'INTERNAL' AS facing,
    ARRAY['CATALOGUE', 'PERFORMANCE'] AS categories,
    'Under row level security a caller''s own filter becomes an index condition'
    ' only if its operator is leakproof. Full text, trigram, jsonb, vector and'
    ' geometry operators are not: such an index serves definer functions with a'
    ' policy of their own, and ORDER BY distance.' AS description,
    format(
        '%I.%I: %s is not leakproof, and policies bind readers.', n.nspname, x.relname,
        operator.name
    ) AS detail,
    'Search through a SECURITY DEFINER function of a narrow role, with the'
    ' ownership predicate written out; for lists of values use text with a CHECK.' AS remediation,
    jsonb_build_object('schema', n.nspname, 'name', c.relname, 'index', x.relname) AS metadata,
    format('index_not_leakproof:%I.%I', n.nspname, x.relname) AS cache_key
FROM pg_catalog.pg_index AS i
JOIN pg_catalog.pg_class AS x ON x.oid = i.indexrelid AND NOT x.relispartition
JOIN pg_catalog.pg_class AS c ON c.oid = i.indrelid AND c.relrowsecurity
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_opclass AS k ON k.oid = (i.indclass::oid[])[0]
CROSS JOIN LATERAL (
    -- The operator that such an index is for: equality in a btree, else the first that searches.
    SELECT a.amopopr::regoperator::text, f.proleakproof
    FROM pg_catalog.pg_amop AS a
    JOIN pg_catalog.pg_operator AS o ON o.oid = a.amopopr
    JOIN pg_catalog.pg_proc AS f ON f.oid = o.oprcode
    JOIN pg_catalog.pg_am AS m ON m.oid = a.amopmethod
    WHERE a.amopfamily = k.opcfamily
      AND a.amoplefttype = k.opcintype
      AND a.amoppurpose = 's'
    ORDER BY
        a.amoprighttype = a.amoplefttype DESC, m.amname = 'btree' AND a.amopstrategy = 3 DESC,
        a.amopstrategy
    LIMIT 1
) AS operator (name, is_leakproof)
WHERE n.nspname IN (SELECT kernel.guarded_schemas())
  AND NOT operator.is_leakproof
  AND EXISTS (
      SELECT
      FROM pg_catalog.pg_policy AS p
      WHERE p.polrelid = c.oid AND p.polcmd IN ('r', '*') AND p.polroles <> ARRAY[c.relowner]
  );
