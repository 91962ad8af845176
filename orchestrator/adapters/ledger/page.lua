-- Read a page of a campaign's set, by last change, with the runs' records.
-- A member that stays where it is is seen exactly once, whatever moves between two pages.
-- keys: c:{campaign}:in:{bucket} r:{run}
-- ARGV[2] campaign  [3] bucket  [4] how many  [5] score and [6] member of the last one seen, or ''
-- returns {score, run id, record, ...}
local set = campaign_key(ARGV[2]) .. ':in:' .. ARGV[3]
local first = 0
if ARGV[5] ~= '' then
  local last, score = ARGV[6], redis.call('ZSCORE', set, ARGV[6])
  if score and tonumber(score) == tonumber(ARGV[5]) then
    first = redis.call('ZRANK', set, last) + 1
  else
    -- It has moved on since: mark its old place for a moment.
    local mark = last .. '\0'
    redis.call('ZADD', set, ARGV[5], mark)
    first = redis.call('ZRANK', set, mark)
    redis.call('ZREM', set, mark)
  end
end
local found = redis.call('ZRANGE', set, first, first + ARGV[4] - 1, 'WITHSCORES')
local page = {}
for i = 1, #found, 2 do
  page[#page + 1] = found[i + 1]
  page[#page + 1] = found[i]
  page[#page + 1] = redis.call('GET', run_key(found[i])) or ''
end
return page
