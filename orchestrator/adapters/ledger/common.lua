-- Put before every script. Not a script of its own.
-- ARGV[1] is the prefix of all keys; the scripts begin to count their own arguments behind it.
-- A record is "head \n body \n trail": run_codec.py says what stands where.
local prefix = ARGV[1]
local NONE = '-'
local TRAIL = 500 -- entries a run's trail may name; the oldest fall off

local FINAL = { settled = true, cancelled = true }
local RESTING = { queued = true, waiting = true, away = true, held = true }

local function run_key(id) return prefix .. 'r:' .. id end
local function campaign_key(id) return prefix .. 'c:' .. id end

local function due_key(run)
  if run.campaign == NONE then return prefix .. 'due' end
  return campaign_key(run.campaign) .. ':due'
end

local function events_key(run)
  if run.campaign == NONE then return prefix .. 'ev' end
  return campaign_key(run.campaign) .. ':ev'
end

local function bucket_of(run)
  if run.state == 'settled' and run.verdict ~= NONE then return run.state .. '/' .. run.verdict end
  return run.state
end

local function bucket_key(run, bucket)
  return campaign_key(run.campaign) .. ':in:' .. bucket
end

-- Zset scores as digits: tostring would round a time to 14 of them.
local function digits(number) return string.format('%.0f', number) end

local function parse_head(head)
  local w = {}
  for word in string.gmatch(head, '%S+') do w[#w + 1] = word end
  return {
    version = w[1], state = w[2], verdict = w[3], due = w[4], updated = w[5],
    created = w[6], device = w[7], campaign = w[8], site = w[9], mark = w[10] or NONE,
  }
end

local function load_run(id)
  local record = redis.call('GET', run_key(id))
  if not record then return nil, nil end
  local head, body, trail = string.match(record, '^([^\n]*)\n([^\n]*)\n?(.*)$')
  local run = parse_head(head)
  run.id, run.body, run.trail = id, body, trail
  return run, record
end

local function store_run(run, seconds)
  local head = table.concat({
    run.version, run.state, run.verdict, run.due, run.updated,
    run.created, run.device, run.campaign, run.site, run.mark,
  }, ' ')
  local record = head .. '\n' .. run.body
  if run.trail ~= '' then record = record .. '\n' .. run.trail end
  if seconds then
    redis.call('SET', run_key(run.id), record, 'EX', seconds)
  else
    redis.call('SET', run_key(run.id), record)
  end
end

local function shorten(trail)
  local ids = {}
  for id in string.gmatch(trail, '%S+') do ids[#ids + 1] = id end
  if #ids <= TRAIL then return trail end
  return table.concat(ids, ' ', #ids - TRAIL + 1)
end

-- Add an entry to the stream and its id to the run's trail; the run is stored by the caller.
local function tell(run, at, kind, state, text)
  local device = run.device
  if string.sub(run.id, -#device - 1) == '.' .. device then device = '' end
  local id = redis.call('XADD', events_key(run), '*',
    'r', run.id, 'd', device, 'a', at, 'k', kind, 's', state, 't', text)
  if run.trail == '' then run.trail = id else run.trail = run.trail .. ' ' .. id end
  if #run.trail > TRAIL * 15 then run.trail = shorten(run.trail) end
end

-- Where a run is counted: its set, and its mark (see run_codec.py) within it.
local function place_of(run) return { bucket = bucket_of(run), mark = run.mark } end

local function count(campaign, place, by)
  if place.mark == NONE then return end
  local marks = campaign_key(campaign) .. ':marks'
  local field = place.bucket .. ' ' .. place.mark
  if redis.call('HINCRBY', marks, field, by) == 0 then redis.call('HDEL', marks, field) end
end

-- Keep a campaign's sets and counts right: exactly one of the sets holds each of its runs.
local function move(run, before)
  if run.campaign == NONE then return end
  local after = place_of(run)
  if before.bucket ~= after.bucket then
    redis.call('ZREM', bucket_key(run, before.bucket), run.id)
    if FINAL[run.state] then
      redis.call('HSET', campaign_key(run.campaign), 'settled', run.updated)
    end
  end
  redis.call('ZADD', bucket_key(run, after.bucket), run.updated, run.id)
  if before.bucket ~= after.bucket or before.mark ~= after.mark then
    count(run.campaign, before, -1)
    count(run.campaign, after, 1)
  end
end

-- How many more may fail until the first budget of a single cause is used up: "cause most ...".
local function within_causes(key, causes)
  local failed = {}
  local marks = redis.call('HGETALL', key .. ':marks')
  for i = 1, #marks, 2 do
    local bucket, cause = string.match(marks[i], '^(%S+) ([^/]+)/')
    if bucket == 'settled/failed' or bucket == 'settled/identity_mismatch' then
      failed[cause] = (failed[cause] or 0) + marks[i + 1]
    end
  end
  local least = math.huge
  for cause, most in string.gmatch(causes, '(%S+) (%d+)') do
    least = math.min(least, most - (failed[cause] or 0))
  end
  return least
end

-- How many more of a campaign's devices may be worked on so that its budget cannot be overshot:
-- whatever is worked on may fail. nil without a budget.
local function within_budget(campaign)
  local key = campaign_key(campaign)
  local budget = redis.call('HGET', key, 'budget')
  if not budget then return nil end
  local failed = redis.call('ZCARD', key .. ':in:settled/failed')
    + redis.call('ZCARD', key .. ':in:settled/identity_mismatch')
  local left = budget - failed
  local causes = redis.call('HGET', key, 'causes')
  if causes then left = math.min(left, within_causes(key, causes)) end
  return left - redis.call('ZCARD', prefix .. 'busy:campaign:' .. campaign)
end

-- When a campaign's window for a site opens, when it is closed now; nil while it is open.
local function opens_at(campaign, site, now, later)
  local windows = redis.call('HMGET', campaign_key(campaign) .. ':windows', 'site:' .. site, 'all')
  local window = windows[1] or windows[2]
  if not window then return nil end
  local from, till = string.match(window, '^(%d+) (%d+)$')
  if tonumber(now) < tonumber(from) then return from end
  if tonumber(now) >= tonumber(till) then return later end -- the controller says the next one
  return nil
end

local function publish(run)
  redis.call('PUBLISH', prefix .. 'news:' .. run.id, run.version)
end

-- The lease of a device: its fence, the run it was given for ('-' once called off), its scopes.
local function lease_of(device)
  local text = redis.call('HGET', prefix .. 'leases', device)
  if not text then return nil end
  local fence, run, campaign, site, holder = string.match(text, '^(%S+) (%S+) (%S+) (%S+) (.*)$')
  return { fence = fence, run = run, campaign = campaign, site = site, holder = holder }
end

local function put_lease(device, lease)
  redis.call('HSET', prefix .. 'leases', device, table.concat(
    { lease.fence, lease.run, lease.campaign, lease.site, lease.holder }, ' '))
end

local function scopes_of(lease)
  local scopes = {}
  if lease.campaign ~= NONE then scopes[#scopes + 1] = 'campaign:' .. lease.campaign end
  if lease.site ~= NONE then scopes[#scopes + 1] = 'site:' .. lease.site end
  return scopes
end

local function hold(device, lease, till)
  redis.call('ZADD', prefix .. 'lease', till, device)
  for _, scope in ipairs(scopes_of(lease)) do
    redis.call('ZADD', prefix .. 'busy:' .. scope, till, device)
  end
end

local function let_go(device, lease)
  redis.call('HDEL', prefix .. 'leases', device)
  redis.call('ZREM', prefix .. 'lease', device)
  for _, scope in ipairs(scopes_of(lease)) do
    redis.call('ZREM', prefix .. 'busy:' .. scope, device)
  end
end

-- Make a run that nobody works on any more due: unsettled ones as `waiting`.
local function put_back(run, due, at, text)
  local before = place_of(run)
  if not FINAL[run.state] then
    run.state, run.due, run.updated = 'waiting', due, at
    run.version = digits(run.version + 1)
    tell(run, at, 'fault', 'waiting', text)
    store_run(run)
    move(run, before)
    redis.call('ZADD', due_key(run), due, run.id)
    publish(run)
  elseif run.state == 'settled' and run.due ~= NONE then
    redis.call('ZADD', due_key(run), due, run.id)
  end
end
