CREATE TYPE shop.order_details AS (size integer, tags text[], kind text);
COMMENT ON TYPE shop.order_details IS 'What an order has besides its columns.';

CREATE TABLE shop.typed_orders (
    LIKE shop.orders,
    CONSTRAINT typed_orders_pkey PRIMARY KEY (id),
    CONSTRAINT typed_orders_serial_key UNIQUE (serial)
);
COMMENT ON TABLE shop.typed_orders IS 'The same rows, with a declared shape of their jsonb.';
COMMENT ON COLUMN shop.typed_orders.details IS 'Checked on its way in and out.
@json shop.order_details';
