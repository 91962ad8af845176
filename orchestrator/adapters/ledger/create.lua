-- Keep a new on-demand run, or say which one the device already has.
-- keys: r:{run} open leases due recent d:{device}
-- ARGV[2] run id  [3] record  [4] most on-demand runs that `recent` lists
-- returns {1, run id, record} when it is new, {0, run id, record} when another stands for it
local id, record, most = ARGV[2], ARGV[3], tonumber(ARGV[4])

local _, same = load_run(id)
if same then return { same == record and 1 or 0, id, same } end -- sent twice, or a taken name

local run = parse_head(string.match(record, '^[^\n]*'))
run.id = id

local open = redis.call('HGET', prefix .. 'open', run.device)
if open then
  local _, kept = load_run(open)
  if kept then return { 0, open, kept } end
end
local lease = lease_of(run.device)
if lease then
  local worked, kept = load_run(lease.run)
  if worked and not FINAL[worked.state] then return { 0, lease.run, kept } end
end

redis.call('SET', run_key(id), record)
if run.due ~= NONE then redis.call('ZADD', due_key(run), run.due, id) end
if not FINAL[run.state] then redis.call('HSET', prefix .. 'open', run.device, id) end
local mine = prefix .. 'd:' .. run.device
redis.call('ZADD', mine, run.created, id)
redis.call('PERSIST', mine)
redis.call('ZADD', prefix .. 'recent', run.created, id)
redis.call('ZREMRANGEBYRANK', prefix .. 'recent', 0, -most - 1)
return { 1, id, record }
