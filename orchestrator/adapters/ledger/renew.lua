-- Hold a device longer.
-- keys: leases lease busy:*
-- ARGV[2] device  [3] run id  [4] fence  [5] until
-- returns 1, or 0 when the lease is somebody else's or its run was called off; in the latter case
-- the device is held all the same, for whoever renews is still on it
local device = ARGV[2]
local lease = lease_of(device)
if not lease or lease.fence ~= ARGV[4] then return 0 end
hold(device, lease, ARGV[5])
return lease.run == ARGV[3] and 1 or 0
