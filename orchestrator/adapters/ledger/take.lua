-- Hand out what is due; what nobody claims comes back after the grace period.
-- keys: due agenda c:{campaign} c:{campaign}:due caps busy:campaign:*
-- ARGV[2] how many  [3] now  [4] now and the grace period  [5] 1 for on-demand runs
-- returns run ids: on-demand by due time; of campaigns in turn, so that none starves another
local want, now, later = tonumber(ARGV[2]), ARGV[3], ARGV[4]
local taken = {}

local function take(due, most)
  if most <= 0 then return end
  local ids = redis.call('ZRANGE', due, '-inf', now, 'BYSCORE', 'LIMIT', 0, most)
  for _, id in ipairs(ids) do
    if redis.call('EXISTS', run_key(id)) == 1 then
      redis.call('ZADD', due, later, id)
      taken[#taken + 1] = id
    else
      redis.call('ZREM', due, id) -- its time to be kept is over
    end
  end
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
  local before = #taken
  take(due, share)
  if #taken > before then redis.call('ZADD', prefix .. 'agenda', now, campaign) end
end
return taken
