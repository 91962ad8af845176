-- Count a campaign's sets at one moment.
-- keys: c:{campaign} c:{campaign}:in:*
-- ARGV[2] campaign  [3...] buckets
-- returns the size of each, then how many runs were ever added
local sizes = {}
for i = 3, #ARGV do
  sizes[#sizes + 1] = redis.call('ZCARD', campaign_key(ARGV[2]) .. ':in:' .. ARGV[i])
end
sizes[#sizes + 1] = redis.call('HGET', campaign_key(ARGV[2]), 'targets') or 0
return sizes
