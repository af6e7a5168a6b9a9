-- Keys of vendors. The session has a keyring: they are sealed before they are sent, and opened after
-- they were received.

-- name: set_vendor_key :exec
-- Set the key of a vendor. The session is a worker's, for an administrator who may manage keys.
--
-- :vendor  whose
-- :api_key  as the vendor gave it
-- @role worker
INSERT INTO persona.vendor_keys (vendor, api_key)
VALUES (:vendor, :api_key)
ON CONFLICT (vendor) DO UPDATE SET api_key = excluded.api_key;

-- name: drop_vendor_key :rowcount
-- Forget the key of a vendor; 0 when there was none. The session is a worker's, for an administrator
-- who may manage keys.
--
-- :vendor  whose
-- @role worker
DELETE FROM persona.vendor_keys AS k WHERE k.vendor = :vendor;

-- name: get_vendor_key :maybe
-- The key of a vendor, for the worker that calls it.
--
-- :vendor  whose
-- @role worker
SELECT k.vendor, k.api_key, k.updated_at
FROM persona.vendor_keys AS k
WHERE k.vendor = :vendor;
