CREATE DOMAIN persona.llm_vendor AS text
CONSTRAINT llm_vendor_check CHECK (VALUE IN ('yandex', 'openai', 'proxiapi'));

COMMENT ON DOMAIN persona.llm_vendor IS
'Who runs the language model: one list for every table.';

CREATE DOMAIN persona.currency AS text
CONSTRAINT currency_check CHECK (VALUE IN ('cny', 'rub'));

COMMENT ON DOMAIN persona.currency IS
'What prices are in: yuan or roubles.';

GRANT USAGE ON TYPE persona.llm_vendor, persona.currency
TO persona_app, persona_worker, persona_analyst, persona_definer;
