CREATE VIEW tarot.ledger_breaks WITH (security_invoker = true) AS
WITH movements AS (
    SELECT
        t.user_id,
        t.id,
        t.amount,
        t.credits_before,
        t.credits_after,
        t.account_version,
        lag(t.credits_after, 1, 0) OVER w AS expected_before,
        lag(t.account_version, 1, 1) OVER w + 1 AS expected_version
    FROM tarot.transactions AS t
    WHERE t.account_version IS NOT NULL
    WINDOW w AS (PARTITION BY t.user_id ORDER BY t.account_version)
),
accounts AS (
    SELECT
        m.user_id,
        sum(m.amount) AS moved,
        count(*) AS movements
    FROM movements AS m
    GROUP BY m.user_id
)
SELECT
    m.user_id,
    m.id AS transaction_id,
    'arithmetic' AS rule,
    format(
        '%s %s gives %s',
        m.credits_before, to_char(m.amount, 'SFM9999999'), m.credits_after
    ) AS detail
FROM movements AS m
WHERE m.credits_after <> m.credits_before + m.amount
UNION ALL
SELECT
    m.user_id,
    m.id,
    'chain',
    format('starts from %s, the movement before left %s', m.credits_before, m.expected_before)
FROM movements AS m
WHERE m.credits_before <> m.expected_before
UNION ALL
SELECT
    m.user_id,
    m.id,
    'version',
    format('has version %s, expected %s', m.account_version, m.expected_version)
FROM movements AS m
WHERE m.account_version <> m.expected_version
UNION ALL
SELECT
    c.user_id,
    NULL,
    'balance',
    format('balance is %s, the movements add up to %s', c.balance, coalesce(a.moved, 0))
FROM tarot.credits AS c
LEFT JOIN accounts AS a ON a.user_id = c.user_id
WHERE c.balance <> coalesce(a.moved, 0)
UNION ALL
SELECT
    c.user_id,
    NULL,
    'account version',
    format('version is %s after %s movements', c.version, coalesce(a.movements, 0))
FROM tarot.credits AS c
LEFT JOIN accounts AS a ON a.user_id = c.user_id
WHERE c.version <> coalesce(a.movements, 0) + 1
UNION ALL
SELECT
    t.user_id,
    t.id,
    'status',
    format(
        'status %s, %s',
        t.status, CASE WHEN t.account_version IS NULL THEN 'not moved' ELSE 'moved' END
    )
FROM tarot.transactions AS t
WHERE (t.status IN ('completed', 'refunded')) <> (t.account_version IS NOT NULL)
UNION ALL
SELECT
    r.user_id,
    r.id,
    'refund',
    format('takes back %s of a movement of %s with status %s', -r.amount, o.amount, o.status)
FROM tarot.transactions AS r
LEFT JOIN tarot.transactions AS o ON o.user_id = r.user_id AND o.id = r.refunds_id
WHERE r.refunds_id IS NOT NULL
  AND (o.status, o.amount) IS DISTINCT FROM ('refunded', -r.amount)
UNION ALL
SELECT
    o.user_id,
    o.id,
    'refunded',
    'has status refunded, and no movement takes it back'
FROM tarot.transactions AS o
WHERE o.status = 'refunded'
  AND NOT EXISTS (
      SELECT
      FROM tarot.transactions AS r
      WHERE r.user_id = o.user_id AND r.refunds_id = o.id
  )
UNION ALL
SELECT
    u.id,
    NULL,
    'account',
    'has no account'
FROM tarot.users AS u
WHERE NOT EXISTS (
    SELECT
    FROM tarot.credits AS c
    WHERE c.user_id = u.id
);

COMMENT ON VIEW tarot.ledger_breaks IS
'Every way in which balances and ledger disagree, one row each; must be empty. It trusts no
constraint or trigger: it recounts. One pass over the ledger, or over one account where user_id is
given.
@row LedgerBreak';
COMMENT ON COLUMN tarot.ledger_breaks.user_id IS
'Whose account is wrong.
@internal';
COMMENT ON COLUMN tarot.ledger_breaks.transaction_id IS
'The movement that is wrong; NULL where it is the account.
@internal';
COMMENT ON COLUMN tarot.ledger_breaks.rule IS
'What is broken: arithmetic, chain, version, balance, account version, status, refund, refunded or
account.
@internal';
COMMENT ON COLUMN tarot.ledger_breaks.detail IS
'The figures.
@personal payment
@erase keep a view';

GRANT SELECT ON tarot.ledger_breaks TO tarot_worker;
