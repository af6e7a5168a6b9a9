BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(2);

CREATE TEMPORARY VIEW found AS
SELECT f.cache_key, f.detail, f.level FROM kernel.check_global_unique AS f;

SELECT is_empty(
    $$ SELECT f.detail FROM pg_temp.found AS f WHERE f.level <> 'INFO' $$,
    'a unique key over all people is never more than something to know of'
);

CREATE SCHEMA probe;
COMMENT ON SCHEMA probe IS E'An app.\n@app';
CREATE TABLE probe.users (
    id bigint CONSTRAINT users_pkey PRIMARY KEY, email text CONSTRAINT users_email_key UNIQUE
);
COMMENT ON COLUMN probe.users.id IS E'Key.\n@internal\n@subject';
CREATE TABLE probe.notes (
    user_id bigint, id bigint, slug text,
    CONSTRAINT notes_pkey PRIMARY KEY (user_id, id),
    CONSTRAINT notes_slug_key UNIQUE (slug, user_id)
);
CREATE TABLE probe.orders (id bigint CONSTRAINT orders_pkey PRIMARY KEY, user_id bigint);
CREATE UNIQUE INDEX orders_id_key ON probe.orders (id) INCLUDE (user_id);
CREATE TABLE probe.prices (id bigint CONSTRAINT prices_pkey PRIMARY KEY);

SELECT set_eq(
    $$ SELECT f.detail FROM pg_temp.found AS f WHERE f.cache_key ~ 'probe' $$,
    ARRAY[
        'probe.users_email_key is unique over all people of users.',
        'probe.orders_pkey is unique over all people of orders.',
        'probe.orders_id_key is unique over all people of orders.'
    ],
    'the check finds those who break the rule, and nobody else'
);

SELECT * FROM finish();
ROLLBACK;
