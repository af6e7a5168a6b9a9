-- Keyed by the spread: no row belongs to a person, and everybody sees all of them.
CREATE TABLE tarot.spread_prices (
    spread_type text NOT NULL,
    price integer NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT spread_prices_pkey PRIMARY KEY (spread_type),
    CONSTRAINT spread_prices_spread_type_check CHECK (
        spread_type IN (
            'single', 'three', 'celtic', 'relationship', 'career', 'week_ahead', 'monthly_guidance',
            'yearly_path', 'life_path'
        )
    ),
    CONSTRAINT spread_prices_price_check CHECK (price BETWEEN 1 AND 1000000)
);

COMMENT ON TABLE tarot.spread_prices IS
'What a reading costs, by spread. A price is a row, for the shop changes it without a release.
@row SpreadPrice
@rows 9';
COMMENT ON COLUMN tarot.spread_prices.spread_type IS
'The spread.
@public';
COMMENT ON COLUMN tarot.spread_prices.price IS
'Credits for one reading.
@public';
COMMENT ON COLUMN tarot.spread_prices.updated_at IS
'When the price last changed.
@public';

ALTER TABLE tarot.spread_prices ENABLE ROW LEVEL SECURITY;
ALTER TABLE tarot.spread_prices FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON tarot.spread_prices
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON tarot.spread_prices
AS RESTRICTIVE FOR ALL TO strongroom_owner, tarot_app, tarot_worker, tarot_analyst, tarot_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_any ON tarot.spread_prices
FOR SELECT TO tarot_app, tarot_worker, tarot_analyst, tarot_definer USING (true);

GRANT SELECT ON tarot.spread_prices TO tarot_app, tarot_worker, tarot_analyst, tarot_definer;

CREATE TRIGGER t10_touch_updated_at
BEFORE UPDATE ON tarot.spread_prices
FOR EACH ROW EXECUTE FUNCTION kernel.tg_touch_updated_at();

COMMENT ON TRIGGER t10_touch_updated_at ON tarot.spread_prices IS
'updated_at is not for statements to set.';

-- A credit a card, until the shop says otherwise.
INSERT INTO tarot.spread_prices (spread_type, price)
VALUES
    ('single', 1),
    ('three', 3),
    ('celtic', 10),
    ('relationship', 7),
    ('career', 5),
    ('week_ahead', 7),
    ('monthly_guidance', 5),
    ('yearly_path', 13),
    ('life_path', 9);

SELECT kernel.enable_audit('tarot.spread_prices');
