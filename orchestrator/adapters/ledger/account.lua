-- Ask to try a login, or say how a try ended.
-- keys: refused:{account} good:{account} trying:{account}
-- ARGV[2] account  [3] 'enter', 'leave', 'accepted' or 'refused'  [4] ticket
--   [5] now  [6] when a try that is never given back ends  [7] how many devices may refuse
--   [8] device  [9] seconds until refusals are forgotten
-- returns for 'enter': 0 to go ahead, -1 to wait, or how many refused it (the limit or more);
--   for 'refused': {1 when this one reached the limit, device, ...}; else 0
local account, how, ticket, most = ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[7])
local refused = prefix .. 'refused:' .. account
local good = prefix .. 'good:' .. account
local trying = prefix .. 'trying:' .. account

if how == 'enter' then
  local count = redis.call('SCARD', refused)
  if count >= most then return count end
  if redis.call('EXISTS', good) == 1 then return 0 end
  redis.call('ZREMRANGEBYSCORE', trying, '-inf', ARGV[5])
  if redis.call('ZCARD', trying) >= most - count then return -1 end
  redis.call('ZADD', trying, ARGV[6], ticket)
  redis.call('EXPIRE', trying, ARGV[9])
  return 0
end

redis.call('ZREM', trying, ticket)
if how == 'accepted' then
  redis.call('DEL', refused)
  redis.call('SET', good, 1, 'EX', ARGV[9])
elseif how == 'refused' then
  redis.call('DEL', good)
  local before = redis.call('SCARD', refused)
  local fresh = redis.call('SADD', refused, ARGV[8])
  redis.call('EXPIRE', refused, ARGV[9])
  local devices = redis.call('SMEMBERS', refused)
  table.sort(devices)
  table.insert(devices, 1, (fresh == 1 and before + 1 == most) and 1 or 0)
  return devices
end
return 0
