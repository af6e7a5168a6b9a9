CREATE VIEW astroloh.consents WITH (security_invoker = true) AS
SELECT
    e.id,
    e.subject::uuid AS user_id,
    e.purpose,
    e.version,
    e.language,
    e.granted,
    e.method,
    e.given_at,
    t.body
FROM kernel.consent_event AS e
JOIN kernel.consent_text AS t
    ON t.app = e.app AND t.purpose = e.purpose AND t.version = e.version
WHERE e.app = 'astroloh' AND e.subject IS NOT NULL;

COMMENT ON VIEW astroloh.consents IS
'What people agreed to or took back, word by word, as kernel.consent_event keeps it. It only grows.
@row Consent';
COMMENT ON COLUMN astroloh.consents.id IS
'Number of the event, rising with time.
@internal';
COMMENT ON COLUMN astroloh.consents.user_id IS
'Who.
@internal';
COMMENT ON COLUMN astroloh.consents.purpose IS
'What the data may be used for.
@internal';
COMMENT ON COLUMN astroloh.consents.version IS
'The wording that they were shown.
@internal';
COMMENT ON COLUMN astroloh.consents.language IS
'Its language.
@internal';
COMMENT ON COLUMN astroloh.consents.granted IS
'True: agreed. False: taken back.
@internal';
COMMENT ON COLUMN astroloh.consents.method IS
'How they said it, as voice; retention: not they, but the end of their time.
@internal';
COMMENT ON COLUMN astroloh.consents.given_at IS
'When.
@internal';
COMMENT ON COLUMN astroloh.consents.body IS
'What they agreed to.
@internal';

GRANT SELECT ON astroloh.consents TO astroloh_app, astroloh_worker;

-- What people agree to before anything of theirs is kept; a new wording is another call.
SELECT kernel.publish_consent_text(
    'astroloh', 'data_processing', 'ru',
    'Я согласен(на) с тем, что сервис хранит и обрабатывает сведения о дате, времени и месте моего '
    'рождения, моём имени и знаке, мои вопросы, предпочтения и оценки, чтобы составлять для меня '
    'гороскопы и рекомендации. Сведения о рождении хранятся зашифрованными. Согласие можно отозвать '
    'в любой момент; тогда обработка прекращается.'
);
SELECT kernel.publish_consent_text(
    'astroloh', 'data_processing', 'en',
    'I agree that the service keeps and processes when and where I was born, my name and sign, what '
    'I ask, prefer and rate, to make horoscopes and recommendations for me. What it knows of my '
    'birth is kept encrypted. I can withdraw this at any time; processing stops then.'
);
