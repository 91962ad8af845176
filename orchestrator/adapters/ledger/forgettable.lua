-- Find campaigns that ended long ago and have nothing left to do.
-- keys: ended c:{campaign}:due c:{campaign}:in:* busy:campaign:*
-- ARGV[2] they ended by then  [3...] buckets of what is unsettled
-- returns their ids, the one that ended first before the others
local found = {}
for _, id in ipairs(redis.call('ZRANGE', prefix .. 'ended', '-inf', ARGV[2], 'BYSCORE')) do
  local left = redis.call('ZCARD', campaign_key(id) .. ':due')
    + redis.call('ZCARD', prefix .. 'busy:campaign:' .. id)
  for i = 3, #ARGV do left = left + redis.call('ZCARD', campaign_key(id) .. ':in:' .. ARGV[i]) end
  if left == 0 then found[#found + 1] = id end
end
return found
