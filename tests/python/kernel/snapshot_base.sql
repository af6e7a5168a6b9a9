-- One object of every kind that the catalogue snapshot knows, to be changed one at a time.
CREATE SCHEMA probe;
COMMENT ON SCHEMA probe IS 'Things to change.';
CREATE DOMAIN probe.short AS text CONSTRAINT short_length_check CHECK (length(VALUE) < 10);
CREATE TYPE probe.mood AS ENUM ('sad', 'happy');
CREATE TYPE probe.pair AS (a integer, b text);
CREATE TYPE probe.span AS RANGE (SUBTYPE = numeric);
CREATE SEQUENCE probe.counter INCREMENT 1;
CREATE FUNCTION probe.twice(p_n integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 2 * p_n';
CREATE FUNCTION probe.touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE FUNCTION probe.on_ddl() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE PROCEDURE probe.work(p_n integer) LANGUAGE sql AS 'SELECT 1';
CREATE AGGREGATE probe.total(integer) (SFUNC = int4pl, STYPE = integer, INITCOND = '0');
CREATE FUNCTION probe.pair_equal(probe.pair, probe.pair) RETURNS boolean
LANGUAGE sql IMMUTABLE AS 'SELECT ($1).a = ($2).a';
CREATE OPERATOR probe.=== (
    LEFTARG = probe.pair, RIGHTARG = probe.pair, PROCEDURE = probe.pair_equal
);
CREATE FUNCTION probe.pair_text(probe.pair) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT ($1).b';
CREATE CAST (probe.pair AS text) WITH FUNCTION probe.pair_text(probe.pair);
CREATE OPERATOR CLASS probe.int_ops FOR TYPE integer USING btree AS
OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >,
FUNCTION 1 btint4cmp(integer, integer);
CREATE COLLATION probe.plain (PROVIDER = libc, LOCALE = 'C');
CREATE TEXT SEARCH DICTIONARY probe.words (TEMPLATE = pg_catalog.simple);
CREATE TEXT SEARCH CONFIGURATION probe.english (COPY = pg_catalog.english);

CREATE TABLE probe.owners (
    id bigint GENERATED ALWAYS AS IDENTITY,
    email text NOT NULL,
    CONSTRAINT owners_pkey PRIMARY KEY (id)
);
CREATE TABLE probe.things (
    id integer NOT NULL,
    owner_id bigint,
    title text DEFAULT 'none',
    price numeric(10, 2),
    doubled integer GENERATED ALWAYS AS (id * 2) STORED,
    note text,
    CONSTRAINT things_pkey PRIMARY KEY (id),
    CONSTRAINT things_owner_id_fkey FOREIGN KEY (owner_id)
        REFERENCES probe.owners (id) ON DELETE CASCADE,
    CONSTRAINT things_price_check CHECK (price >= 0)
);
ALTER TABLE probe.things ENABLE ROW LEVEL SECURITY;
ALTER TABLE probe.things FORCE ROW LEVEL SECURITY;
CREATE INDEX things_title_idx ON probe.things (title);
CREATE UNIQUE INDEX things_note_idx ON probe.things (lower(note));
CREATE STATISTICS probe.things_stat ON owner_id, title FROM probe.things;
CREATE POLICY select_own ON probe.things FOR SELECT TO strongroom_client USING (id = 1);
CREATE POLICY all_owner ON probe.things TO strongroom_owner USING (true) WITH CHECK (true);
CREATE TRIGGER t10_touch BEFORE UPDATE ON probe.things FOR EACH ROW EXECUTE FUNCTION probe.touch();
CREATE RULE things_quiet AS ON DELETE TO probe.things DO ALSO NOTHING;
GRANT SELECT ON probe.things TO strongroom_client;
COMMENT ON TABLE probe.things IS 'Things.';
COMMENT ON COLUMN probe.things.title IS 'Title.';
COMMENT ON CONSTRAINT things_price_check ON probe.things IS 'Price.';
CREATE VIEW probe.titles WITH (security_invoker = true)
AS SELECT t.id, t.title FROM probe.things AS t;
CREATE MATERIALIZED VIEW probe.totals AS SELECT count(*) AS things FROM probe.things;
CREATE TABLE probe.events (id integer NOT NULL, at date NOT NULL, kind text)
PARTITION BY LIST (kind);
CREATE TABLE probe.events_click PARTITION OF probe.events FOR VALUES IN ('click');
CREATE INDEX events_kind_idx ON probe.events (kind);
CREATE TABLE probe.moments (id integer NOT NULL, at date NOT NULL, PRIMARY KEY (at, id))
PARTITION BY RANGE (at);
CREATE TABLE probe.parent (a integer);
CREATE TABLE probe.child (b integer) INHERITS (probe.parent);
CREATE PUBLICATION probe_feed FOR TABLE probe.owners;
ALTER DEFAULT PRIVILEGES IN SCHEMA probe GRANT SELECT ON TABLES TO strongroom_client;
