-- Keep many new runs of one campaign, all or none.
-- keys: r:{run} c:{campaign} c:{campaign}:due c:{campaign}:in:* c:{campaign}:marks d:{device}
-- ARGV[2] campaign  [3] how many runs
--   [4...] key of a run, record, key, record, ...
--   then, each behind its number of arguments: score and run id of those that are due;
--   DEVICE, created, run id of those not named {campaign}.{DEVICE};
--   set and mark, how many runs have it, of those that have one;
--   then, until the end: a bucket, its number of arguments, score and run id of its runs
-- returns how many are new: all, or -1 when one exists already and nothing was kept
--
-- The caller lays everything out so that each command takes its arguments as they come: looking
-- at each run here took three times as long.
local campaign, count = ARGV[2], tonumber(ARGV[3])
local at = 4

local function step(length)
  local first = at
  at = at + length
  return first, at - 1
end

if redis.call('MSETNX', unpack(ARGV, step(2 * count))) == 0 then return -1 end

local function counted()
  local length = tonumber(ARGV[at])
  at = at + 1
  return step(length)
end

local first, last = counted()
if last >= first then
  redis.call('ZADD', campaign_key(campaign) .. ':due', unpack(ARGV, first, last))
end

first, last = counted()
for i = first, last, 3 do
  redis.call('ZADD', prefix .. 'd:' .. ARGV[i], ARGV[i + 1], ARGV[i + 2])
end

first, last = counted()
for i = first, last, 2 do
  redis.call('HINCRBY', campaign_key(campaign) .. ':marks', ARGV[i], ARGV[i + 1])
end

while at <= #ARGV do
  local bucket = ARGV[at]
  at = at + 1
  redis.call('ZADD', campaign_key(campaign) .. ':in:' .. bucket, unpack(ARGV, counted()))
end

redis.call('HINCRBY', campaign_key(campaign), 'targets', count)
return count
