SELECT kernel.disable_audit('tarot.spread_prices');

SELECT kernel.disable_audit('tarot.users');
