CREATE TABLE shop.orders (
    id uuid CONSTRAINT orders_pkey PRIMARY KEY,
    serial bigint NOT NULL CONSTRAINT orders_serial_key UNIQUE,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    title text NOT NULL,
    note text,
    quantity integer NOT NULL,
    is_paid boolean NOT NULL,
    price numeric(12, 4) NOT NULL,
    status text NOT NULL,
    owner_id uuid NOT NULL,
    details jsonb NOT NULL
);
COMMENT ON TABLE shop.orders IS 'Rows to be read.';
