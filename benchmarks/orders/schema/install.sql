-- The database of this project.
\ir shop/schema.sql
\ir shop/orders.sql
\ir shop/typed_orders.sql
