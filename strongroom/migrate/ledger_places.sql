-- Which functions a migration found, and what it did to them.

ALTER TABLE strongroom.migrate_file
    ADD COLUMN source_version bigint,
    ADD COLUMN objects text[];

ALTER TABLE strongroom.migrate_source
    ADD COLUMN outlived text[] NOT NULL DEFAULT '{}';

COMMENT ON COLUMN strongroom.migrate_source.outlived IS
'Migrations that were taken back while this version, which came with them or later, stayed.';
COMMENT ON COLUMN strongroom.migrate_file.source_version IS
'The last version in migrate_source when the migration began, 0 for none; null where nobody noted it.';
COMMENT ON COLUMN strongroom.migrate_file.objects IS
'The functions and triggers that the migration made, replaced or dropped; null where nobody noted it.';

INSERT INTO strongroom.migrate_version (version) VALUES (2);
