-- Take or keep a duty that one process does for all.
-- keys: duty:{duty}
-- ARGV[2] duty  [3] holder  [4] milliseconds until another may have it
-- returns 1 for the one who has it
local duty = prefix .. 'duty:' .. ARGV[2]
local holder = redis.call('GET', duty)
if holder and holder ~= ARGV[3] then return 0 end
redis.call('SET', duty, ARGV[3], 'PX', ARGV[4])
return 1
