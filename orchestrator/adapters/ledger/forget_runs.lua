-- Forget on-demand runs that ended long ago, and what of their entries is older still.
-- keys: recent r:{run} d:{device} leases ev
-- ARGV[2] they ended by then  [3] how many runs to look at  [4] milliseconds: oldest entry to keep
-- returns how many were forgotten
local before, forgotten = tonumber(ARGV[2]), 0
local ids = redis.call('ZRANGE', prefix .. 'recent', '-inf', ARGV[2], 'BYSCORE', 'LIMIT', 0, ARGV[3])
for _, id in ipairs(ids) do
  local run = load_run(id)
  local over = run and FINAL[run.state] and run.due == NONE and tonumber(run.updated) <= before
  if over then
    local lease = lease_of(run.device)
    over = not (lease and lease.run == id)
  end
  if over then
    redis.call('UNLINK', run_key(id))
    redis.call('ZREM', prefix .. 'd:' .. run.device, id)
  end
  if over or not run then -- its time to be kept may have been over by itself
    redis.call('ZREM', prefix .. 'recent', id)
    forgotten = forgotten + 1
  end
end
redis.call('XTRIM', prefix .. 'ev', 'MINID', '~', ARGV[4])
return forgotten
