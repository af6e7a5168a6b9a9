CREATE TABLE saltbitter.payment_types (
    payment_type text NOT NULL,
    description text NOT NULL,
    CONSTRAINT payment_types_pkey PRIMARY KEY (payment_type),
    CONSTRAINT payment_types_payment_type_check CHECK (payment_type ~ '^[a-z][a-z0-9_]{0,49}$')
);

COMMENT ON TABLE saltbitter.payment_types IS
'What people pay for: an open list, which staff add to.
@row PaymentType
@rows 100';
COMMENT ON COLUMN saltbitter.payment_types.payment_type IS
'What is paid for.
@public';
COMMENT ON COLUMN saltbitter.payment_types.description IS
'What is meant, for staff.
@public';

ALTER TABLE saltbitter.payment_types ENABLE ROW LEVEL SECURITY;
ALTER TABLE saltbitter.payment_types FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON saltbitter.payment_types
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON saltbitter.payment_types
AS RESTRICTIVE FOR ALL TO strongroom_owner, saltbitter_app, saltbitter_worker, saltbitter_analyst,
    saltbitter_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_app ON saltbitter.payment_types
FOR SELECT TO saltbitter_app USING (true);
CREATE POLICY select_worker ON saltbitter.payment_types
FOR SELECT TO saltbitter_worker USING (true);
CREATE POLICY select_analyst ON saltbitter.payment_types
FOR SELECT TO saltbitter_analyst USING (true);
CREATE POLICY select_definer ON saltbitter.payment_types
FOR SELECT TO saltbitter_definer USING (true);

GRANT SELECT ON saltbitter.payment_types
TO saltbitter_app, saltbitter_worker, saltbitter_analyst, saltbitter_definer;

INSERT INTO saltbitter.payment_types (payment_type, description)
VALUES
    ('subscription', 'A month of a paid tier.'),
    ('profile_boost', 'Being shown first for a while.'),
    ('super_like', 'A like that is seen at once.'),
    ('event_ticket', 'A seat at an event.'),
    ('refund', 'Money that goes back; a row of its own.')
ON CONFLICT DO NOTHING;

SELECT kernel.enable_audit('saltbitter.payment_types');
