-- Keep the next version of a run, its entries, its place in every set, and tell its followers.
-- keys: r:{run} leases lease busy:* due c:{campaign}:due c:{campaign}:in:* open ev c:{campaign}:ev
-- ARGV[2] run id  [3] version that was read  [4] fence, '-' for a change from outside
--   [5] record (its version is the next)  [6] 1 while it is still worked on
--   [7] seconds to keep an on-demand run behind its end, 0 for ever
--   [8...] entries: at, kind, state, text, at, kind, state, text, ...
-- returns 'ok', 'gone', 'lease' or 'version'; changes nothing unless 'ok'; may be sent twice
local id, version, fence, at_work = ARGV[2], ARGV[3], ARGV[4], ARGV[6] == '1'

local old, kept = load_run(id)
if not old then return 'gone' end
-- The same save again, because the answer to the first was lost on the way.
if string.sub(kept, 1, #ARGV[5]) == ARGV[5] then
  local behind = string.sub(kept, #ARGV[5] + 1, #ARGV[5] + 1)
  if behind == '' or behind == '\n' then return 'ok' end
end
local lease = lease_of(old.device)
local ours = lease and lease.run == id
if fence ~= NONE and not (ours and lease.fence == fence) then return 'lease' end
if old.version ~= version then return 'version' end

local head, body = string.match(ARGV[5], '^([^\n]*)\n(.*)$')
local run = parse_head(head)
run.id, run.body, run.trail = id, body, old.trail
for i = 8, #ARGV, 4 do tell(run, ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3]) end

local ended = FINAL[run.state] and run.due == NONE
local on_demand = run.campaign == NONE
local keep = on_demand and ended and ARGV[7] ~= '0'
store_run(run, keep and ARGV[7] or nil)
move(run, place_of(old))

if at_work or run.due == NONE then
  redis.call('ZREM', due_key(run), id)
else
  redis.call('ZADD', due_key(run), run.due, id)
end

if fence ~= NONE and not at_work then
  let_go(run.device, lease)
elseif fence == NONE and ours and FINAL[run.state] then
  -- Called off while a worker is on the device: the device stays taken until the worker has
  -- noticed (its next save or renewal is refused) or the lease ends, whichever is first.
  lease.run = NONE
  put_lease(run.device, lease)
end

if on_demand and FINAL[run.state] then
  if redis.call('HGET', prefix .. 'open', run.device) == id then
    redis.call('HDEL', prefix .. 'open', run.device)
  end
  if keep and redis.call('HEXISTS', prefix .. 'open', run.device) == 0 then
    redis.call('EXPIRE', prefix .. 'd:' .. run.device, ARGV[7] * 3)
  end
end
publish(run)
return 'ok'
