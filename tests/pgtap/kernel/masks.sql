-- What columns become by default, and what some masks make of values.
BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT no_plan();

-- The default of each class, kind and family, by the rule alone.
SELECT is(
    kernel.default_mask(c.class, c.kind, c.family, c.is_key, c.is_list), c.mask,
    format('%s %s, %s%s%s: %s', coalesce(c.class, 'untagged'), c.kind, c.family,
        CASE WHEN c.is_key THEN ', key' END, CASE WHEN c.is_list THEN ', list' END, c.mask)
)
FROM (
    VALUES
        (NULL, NULL, 'boolean', false, false, 'hide'), (NULL, NULL, 'integer', true, true, 'hide'),
        (NULL, NULL, 'text', true, false, 'hide'), (NULL, 'activity', 'date', false, false, 'hide'),
        (NULL, 'payment', 'number', false, false, 'hide'), (NULL, 'identifier', 'uuid', true, false, 'hide'),
        ('public', NULL, 'sealed', false, false, 'hide'), ('public', NULL, 'text', true, false, 'keep'),
        ('public', NULL, 'array', false, false, 'keep'), ('public', NULL, 'json', false, false, 'keep'),
        ('internal', NULL, 'integer', true, false, 'pseudonym'), ('internal', NULL, 'uuid', false, false, 'pseudonym'),
        ('internal', NULL, 'text', true, false, 'pseudonym'), ('internal', NULL, 'text', false, false, 'hide'),
        ('internal', NULL, 'text', true, true, 'keep'), ('internal', NULL, 'enum', false, false, 'keep'),
        ('internal', NULL, 'boolean', false, false, 'keep'), ('internal', NULL, 'integer', false, false, 'band'),
        ('internal', NULL, 'instant', true, false, 'month'), ('internal', NULL, 'json', false, false, 'hide'),
        ('internal', NULL, 'array', false, false, 'hide'), ('internal', NULL, 'other', true, false, 'hide'),
        ('internal', NULL, 'sealed', true, false, 'hide'),
        ('personal', 'identifier', 'text', false, false, 'pseudonym'), ('personal', 'contact data', 'citext', false, false, 'pseudonym'),
        ('personal', 'identifier', 'address', false, false, 'pseudonym'), ('personal', 'identifier', 'json', false, false, 'hide'),
        ('personal', 'identifier', 'text', false, true, 'hide'), ('personal', 'content', 'text', false, false, 'hide'),
        ('personal', 'payment', 'number', false, false, 'band'), ('personal', 'payment', 'text', false, false, 'hide'),
        ('personal', 'subscription', 'text', false, true, 'hide'), ('personal', 'activity', 'boolean', false, false, 'hide'),
        ('personal', 'activity', 'date', false, false, 'month'), ('personal', 'activity', 'array', false, false, 'hide'),
        ('personal', 'health', 'integer', false, false, 'hide'), ('personal', 'birth', 'date', false, false, 'hide'),
        ('personal', NULL, 'integer', false, false, 'hide')
) AS c (class, kind, family, is_key, is_list, mask);

-- Masks that a tag asks for and that are not to be had.
SELECT is(
    kernel.unfit_mask(c.mask, c.class, c.kind, c.family, c.is_key, c.json) IS NULL, c.fits,
    format('%s of %s %s, %s%s %s: %s', c.mask, coalesce(c.class, 'untagged'), c.kind, c.family, CASE WHEN c.is_key THEN ', key' END,
        c.json, CASE WHEN c.fits THEN 'fits' ELSE 'does not fit' END)
)
FROM (
    VALUES
        (NULL, NULL, NULL, 'text', false, NULL, true), ('hide', NULL, NULL, 'sealed', true, NULL, true),
        ('blur', 'public', NULL, 'text', false, NULL, false), ('band 0', 'public', NULL, 'integer', false, NULL, false),
        ('keep', NULL, NULL, 'text', false, NULL, false), ('keep', 'public', NULL, 'sealed', false, NULL, false),
        ('keep', 'public', NULL, 'integer', true, NULL, true), ('keep', 'internal', NULL, 'integer', true, NULL, false),
        ('keep', 'internal', NULL, 'integer', false, NULL, true), ('pseudonym', 'internal', NULL, 'integer', true, NULL, true),
        ('keep', 'personal', 'identifier', 'text', false, NULL, false), ('keep', 'personal', 'contact data', 'text', false, NULL, false),
        ('keep', 'personal', 'activity', 'text', false, NULL, true), ('presence', 'personal', 'identifier', 'text', false, NULL, true),
        ('keep', 'public', 'identifier', 'text', false, NULL, true),
        ('month', 'personal', 'birth', 'date', false, NULL, true), ('month', 'personal', 'birth', 'instant', false, NULL, true),
        ('month', 'personal', 'birth', 'text', false, NULL, false),
        ('band', 'personal', 'payment', 'number', false, NULL, true), ('band 25', 'personal', 'payment', 'integer', false, NULL, true),
        ('band', 'personal', 'payment', 'date', false, NULL, false),
        ('pseudonym', 'personal', 'identifier', 'citext', false, NULL, true), ('pseudonym', 'personal', 'identifier', 'date', false, NULL, false),
        ('shape', 'personal', 'content', 'json', false, 'record', true), ('shape', 'personal', 'content', 'json', false, NULL, true),
        ('shape', 'personal', 'content', 'json', false, 'map<text>', false), ('shape', 'personal', 'content', 'text', false, NULL, false)
) AS c (mask, class, kind, family, is_key, json, fits);

-- Bands and months.
SELECT is(kernel.band(b.value), b.band, 'band of ' || b.value)
FROM (
    VALUES
        (0::numeric, 0::numeric), (0.99, 0), (-0.5, 0), (1, 1), (1.999, 1), (2, 2), (4.99, 2), (5, 5), (9.99, 5), (10, 10), (-19, -10),
        (-20, -20), (999, 500), (1000, 1000), (1e100, 1e100), (-9223372036854775808, -5000000000000000000)
) AS b (value, band);
SELECT is(kernel.band(b.value, 25), b.band, 'band of 25 of ' || b.value)
FROM (VALUES (0::numeric, 0::numeric), (24.99, 0), (25, 25), (-24, 0), (-26, -25), (1e30, 1e30)) AS b (value, band);
SELECT is(kernel.month_start(m.day::date), m.month::date, 'month of ' || m.day)
FROM (
    VALUES
        ('2024-02-29', '2024-02-01'), ('2026-01-01', '2026-01-01'), ('infinity', 'infinity'), ('-infinity', '-infinity'),
        ('4714-11-24 BC', '-infinity'), ('4713-01-31 BC', '4713-01-01 BC'), ('0001-03-05 BC', '0001-03-01 BC'), ('5874897-12-31', '5874897-12-01')
) AS m (day, month);

SELECT * FROM finish();
ROLLBACK;
