COMMIT;
CREATE TABLE public.left_behind (id integer);
INSERT INTO public.kept VALUES (1);
BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
