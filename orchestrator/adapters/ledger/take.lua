-- Hand out what is due; what nobody claims comes back after the grace period.
-- keys: due agenda c:{campaign} c:{campaign}:due c:{campaign}:windows c:{campaign}:in:* r:{run}
--   caps busy:campaign:*
-- ARGV[2] how many  [3] now  [4] now and the grace period  [5] 1 for on-demand runs
-- returns run ids: on-demand by due time; of campaigns in turn, so that none starves another
local want, now, later = tonumber(ARGV[2]), ARGV[3], ARGV[4]
local taken = {}

local function take(due, most, campaign)
  local left = most * 4 -- sites outside their window are passed over, but not without end
  while most > 0 and left > 0 do
    local ids = redis.call('ZRANGE', due, '-inf', now, 'BYSCORE', 'LIMIT', 0, math.min(most, left))
    if #ids == 0 then return end
    left = left - #ids
    for _, id in ipairs(ids) do
      local run = campaign and load_run(id)
      local opens = run and opens_at(campaign, run.site, now, later)
      if opens then
        redis.call('ZADD', due, opens, id)
      elseif run or (not campaign and redis.call('EXISTS', run_key(id)) == 1) then
        redis.call('ZADD', due, later, id)
        taken[#taken + 1] = id
        most = most - 1
      else
        redis.call('ZREM', due, id) -- its time to be kept is over
      end
    end
  end
end

-- Whether none of a campaign's sites can be worked on now.
local function shut(campaign)
  local key = campaign_key(campaign) .. ':windows'
  return redis.call('HLEN', key) == 1 and opens_at(campaign, NONE, now, later)
end

if ARGV[5] == '1' then
  take(prefix .. 'due', want)
  return taken
end

local campaigns = redis.call('ZRANGE', prefix .. 'agenda', 0, -1)
for i, campaign in ipairs(campaigns) do
  local due = campaign_key(campaign) .. ':due'
  local share = math.ceil((want - #taken) / (#campaigns - i + 1))
  local most = redis.call('HGET', prefix .. 'caps', 'campaign:' .. campaign)
  if most then
    local busy = redis.call('ZCOUNT', prefix .. 'busy:campaign:' .. campaign, '(' .. now, '+inf')
    share = math.min(share, tonumber(most) - busy)
  end
  if redis.call('HGET', campaign_key(campaign), 'status') == 'running' then
    share = math.min(share, within_budget(campaign) or share)
  end
  if shut(campaign) then share = 0 end
  local before = #taken
  take(due, share, campaign)
  if #taken > before then redis.call('ZADD', prefix .. 'agenda', now, campaign) end
end
return taken
