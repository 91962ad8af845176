-- Keep a campaign with entries of its history, or change its status alone.
-- keys: c:{campaign} campaigns agenda going ended caps c:{campaign}:ev c:{campaign}:said
-- ARGV[2] campaign  [3] 'new', 'save' or 'status'  [4] version that was read
--   [5] status  [6] meta (JSON without status and version)  [7] created
--   [8] how many devices may fail, '' for any number  [9] how many more runs may be let go
--   [10] devices at once within each of its sites, '' for any number
--   [11] when it ended, '' while it goes on
--   [9] for 'status': the status it must have now, '' for any; with another it stays as it is
--   [12] how many may fail for single causes: cause, number, ...; '' for none
--   [13] how many entries about itself are kept beside its stream
--   [14...] entries: at, kind, state, text, at, kind, state, text, ...
-- returns 'ok', 'gone', 'taken', 'version' or 'status'
local id, how, version, status = ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local key = campaign_key(id)
local kept = redis.call('HGET', key, 'version')

if how == 'new' then
  if kept then return 'taken' end
  redis.call('HSET', key, 'version', 0, 'status', status, 'meta', ARGV[6], 'created', ARGV[7])
  redis.call('ZADD', prefix .. 'campaigns', ARGV[7], id)
else
  if not kept then return 'gone' end
  if how == 'status' and ARGV[9] ~= '' and redis.call('HGET', key, 'status') ~= ARGV[9] then
    return 'status'
  end
  if how == 'save' then
    if kept ~= version then return 'version' end
    redis.call('HSET', key, 'meta', ARGV[6])
  end
  redis.call('HSET', key, 'status', status, 'version', digits(kept + 1))
end

if how ~= 'status' then
  local function put(field, value)
    if value == '' then redis.call('HDEL', key, field)
    else redis.call('HSET', key, field, value) end
  end
  put('budget', ARGV[8])
  put('site_most', ARGV[10])
  put('causes', ARGV[12])
  if ARGV[9] ~= '0' then redis.call('HINCRBY', key, 'owed', ARGV[9]) end
  for i = 14, #ARGV, 4 do
    local entry = { 'r', '', 'd', '',
      'a', ARGV[i], 'k', ARGV[i + 1], 's', ARGV[i + 2], 't', ARGV[i + 3] }
    redis.call('XADD', key .. ':ev', '*', unpack(entry))
    redis.call('XADD', key .. ':said', 'MAXLEN', ARGV[13], '*', unpack(entry))
  end
end

-- The agenda: whose runs are handed out. Going: whom the controller looks after.
local function belongs(set, yes, score)
  if yes then redis.call('ZADD', prefix .. set, 'NX', score, id)
  else redis.call('ZREM', prefix .. set, id) end
end

local going = status == 'planning' or status == 'running'
belongs('agenda', going or status == 'finished', 0)
belongs('going', going or status == 'cancelling', ARGV[7])

-- What has ended takes its limit along, and is forgotten some day.
local ended = status == 'finished' or status == 'cancelled'
if ended then redis.call('HDEL', prefix .. 'caps', 'campaign:' .. id) end
if how ~= 'status' then belongs('ended', ended and ARGV[11] ~= '', ARGV[11]) end
return 'ok'
