-- Count everything of a campaign at one moment.
-- keys: c:{campaign} c:{campaign}:in:* c:{campaign}:marks c:{campaign}:unreleased busy:campaign:*
-- ARGV[2] campaign  [3...] buckets
-- returns {sizes of the buckets, targets, unreleased, owed, held, time of the last settlement,
--   {field, count, ...} of the marks}
local key = campaign_key(ARGV[2])
local sizes = {}
for i = 3, #ARGV do sizes[#sizes + 1] = redis.call('ZCARD', key .. ':in:' .. ARGV[i]) end
local own = redis.call('HMGET', key, 'targets', 'owed', 'settled')
return {
  sizes, own[1] or 0, redis.call('LLEN', key .. ':unreleased'), own[2] or 0,
  redis.call('ZCARD', prefix .. 'busy:campaign:' .. ARGV[2]), own[3] or 0,
  redis.call('HGETALL', key .. ':marks'),
}
