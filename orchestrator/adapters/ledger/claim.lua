-- Give out a run that is due: its campaign runs, its window is open, what is worked on cannot
-- overshoot its budget, the caps have room, its device is free.
-- keys: r:{run} due c:{campaign}:due c:{campaign} c:{campaign}:windows c:{campaign}:in:* caps lease leases busy:* fence
-- ARGV[2] run id  [3] holder  [4] now  [5] until  [6] when to ring again if there is no room now
-- returns {fence, record}, or {0, why not}
local id, holder, now, till, later = ARGV[2], ARGV[3], tonumber(ARGV[4]), ARGV[5], ARGV[6]

local run, record = load_run(id)
if not run then return { 0, 'gone' } end
local due = due_key(run)
if not redis.call('ZSCORE', due, id) then return { 0, 'not due' } end
if run.due == NONE or tonumber(run.due) > now then return { 0, 'not due' } end

if run.campaign ~= NONE then
  local status = redis.call('HGET', campaign_key(run.campaign), 'status')
  local checked_again = run.state == 'settled'
  local goes_on = status == 'running' or status == 'planning'
  if not goes_on and not (status == 'finished' and checked_again) then return { 0, 'campaign' } end
  local opens = opens_at(run.campaign, run.site, now, later)
  if opens then
    redis.call('ZADD', due, opens, id)
    return { 0, 'window' }
  end
  -- A check of what is enrolled cannot fail, and so needs no budget.
  local room = within_budget(run.campaign)
  if room and room <= 0 and not checked_again then
    redis.call('ZADD', due, later, id)
    return { 0, 'budget' }
  end
end

if redis.call('HEXISTS', prefix .. 'leases', run.device) == 1 then
  redis.call('ZADD', due, later, id)
  return { 0, 'device' }
end

-- A campaign may be told to leave a site with less than others may put on it.
if run.campaign ~= NONE and run.site ~= NONE then
  local most = redis.call('HGET', campaign_key(run.campaign), 'site_most')
  local busy = prefix .. 'busy:site:' .. run.site
  if most and redis.call('ZCOUNT', busy, '(' .. ARGV[4], '+inf') >= tonumber(most) then
    redis.call('ZADD', due, later, id)
    return { 0, 'cap' }
  end
end

-- On-demand runs count, but are never refused: a person waits for them.
local lease = { run = id, campaign = run.campaign, site = run.site, holder = holder }
if run.campaign ~= NONE then
  local scopes = scopes_of(lease)
  scopes[#scopes + 1] = 'all'
  for _, scope in ipairs(scopes) do
    local most = redis.call('HGET', prefix .. 'caps', scope)
    local busy = scope == 'all' and prefix .. 'lease' or prefix .. 'busy:' .. scope
    if most and redis.call('ZCOUNT', busy, '(' .. ARGV[4], '+inf') >= tonumber(most) then
      redis.call('ZADD', due, later, id)
      return { 0, 'cap' }
    end
  end
end

-- PCs remember the highest fence they met, of whichever ledger. Counted from the time, those of a new
-- or a restored ledger are higher than all that were given before. Microseconds stay whole in a double
-- until the year 2255.
local clock = redis.call('TIME')
local fence = tonumber(clock[1]) * 1000000 + tonumber(clock[2])
local last = tonumber(redis.call('GET', prefix .. 'fence') or '0')
if fence <= last then fence = last + 1 end
lease.fence = digits(fence)
redis.call('SET', prefix .. 'fence', lease.fence)
put_lease(run.device, lease)
hold(run.device, lease, till)
redis.call('ZREM', due, id)
return { fence, record }
