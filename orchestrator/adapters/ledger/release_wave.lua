-- Let some of a campaign's runs go that wait for their wave.
-- keys: c:{campaign} c:{campaign}:unreleased r:{run} c:{campaign}:due c:{campaign}:in:*
-- ARGV[2] campaign  [3] now  [4] how many at most
-- returns how many more may be let go
local id, now = ARGV[2], ARGV[3]
local key = campaign_key(id)
local owed = tonumber(redis.call('HGET', key, 'owed') or 0)
local devices = {}
if owed > 0 then
  devices = redis.call('LPOP', key .. ':unreleased', math.min(owed, tonumber(ARGV[4]))) or {}
end
for _, device in ipairs(devices) do
  local run = load_run(id .. '.' .. device)
  if run and run.state == 'queued' and run.due == NONE then
    run.due = now
    run.version = digits(run.version + 1)
    store_run(run)
    redis.call('ZADD', due_key(run), now, run.id)
    publish(run)
  end
end
owed = math.min(owed - #devices, redis.call('LLEN', key .. ':unreleased'))
redis.call('HSET', key, 'owed', owed)
return owed
