-- Give a lease back without a result: what was begun is looked at again after a while.
-- keys: r:{run} leases lease busy:* due c:{campaign}:due c:{campaign}:in:* ev c:{campaign}:ev
-- ARGV[2] device  [3] run id  [4] fence  [5] microseconds a begun run rests  [6] text of its entry
-- returns 1, or 0 when the lease was lost already
local device, id = ARGV[2], ARGV[3]
local lease = lease_of(device)
if not lease or lease.fence ~= ARGV[4] then return 0 end
let_go(device, lease)
if lease.run ~= id then return 1 end

local run = load_run(id)
if not run then return 1 end
if RESTING[run.state] then
  if run.due ~= NONE then redis.call('ZADD', due_key(run), run.due, id) end
else
  put_back(run, digits(run.updated + tonumber(ARGV[5])), run.updated, ARGV[6])
end
return 1
