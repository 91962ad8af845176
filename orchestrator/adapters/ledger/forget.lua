-- Remove some runs of one of a campaign's sets.
-- keys: c:{campaign}:in:{bucket} r:{run} c:{campaign}:due d:{device}
-- ARGV[2] campaign  [3] bucket  [4] how many
-- returns how many were removed; 0 when the set is empty
local set = campaign_key(ARGV[2]) .. ':in:' .. ARGV[3]
local ids = redis.call('ZRANGE', set, 0, ARGV[4] - 1)
for _, id in ipairs(ids) do
  local run = load_run(id)
  if run then
    local lease = lease_of(run.device)
    if lease and lease.run == id then
      lease.run = NONE
      put_lease(run.device, lease)
    end
    redis.call('ZREM', prefix .. 'd:' .. run.device, id)
    count(run.campaign, place_of(run), -1)
  end
  redis.call('UNLINK', run_key(id))
  redis.call('ZREM', campaign_key(ARGV[2]) .. ':due', id)
  redis.call('ZREM', set, id)
end
return #ids
