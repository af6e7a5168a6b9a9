-- Write down every change of people and of prices.
-- depends: 0011.kernel.create-audit
-- locks: SHARE ROW EXCLUSIVE on tarot.users and tarot.spread_prices, for an instant: new triggers

SELECT kernel.enable_audit('tarot.users');

SELECT kernel.enable_audit('tarot.spread_prices');
