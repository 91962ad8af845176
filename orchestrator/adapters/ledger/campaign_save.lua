-- Keep a campaign, or change its status alone.
-- keys: c:{campaign} campaigns agenda
-- ARGV[2] campaign  [3] 'new', 'save' or 'status'  [4] version that was read
--   [5] status  [6] meta (JSON without status and version)  [7] created
-- returns 'ok', 'gone', 'taken' or 'version'
local id, how, version, status = ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local key = campaign_key(id)
local kept = redis.call('HGET', key, 'version')

if how == 'new' then
  if kept then return 'taken' end
  redis.call('HSET', key, 'version', 0, 'status', status, 'meta', ARGV[6], 'created', ARGV[7])
  redis.call('ZADD', prefix .. 'campaigns', ARGV[7], id)
else
  if not kept then return 'gone' end
  if how == 'save' then
    if kept ~= version then return 'version' end
    redis.call('HSET', key, 'meta', ARGV[6])
  end
  redis.call('HSET', key, 'status', status, 'version', digits(kept + 1))
end

if status == 'running' or status == 'finished' then
  redis.call('ZADD', prefix .. 'agenda', 'NX', 0, id)
else
  redis.call('ZREM', prefix .. 'agenda', id)
end
return 'ok'
