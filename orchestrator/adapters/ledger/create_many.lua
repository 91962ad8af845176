-- Keep many new runs of one campaign; those that exist already are left as they are.
-- keys: r:{run} c:{campaign} c:{campaign}:due c:{campaign}:in:* d:{device}
-- ARGV[2] campaign  [3...] run id, record, run id, record, ...
-- returns how many are new
local campaign = ARGV[2]
local due, buckets, fresh = {}, {}, 0

for i = 3, #ARGV, 2 do
  local id, record = ARGV[i], ARGV[i + 1]
  if redis.call('SET', run_key(id), record, 'NX') then
    fresh = fresh + 1
    local run = parse_head(string.match(record, '^[^\n]*'))
    if run.due ~= NONE then
      due[#due + 1] = run.due
      due[#due + 1] = id
    end
    local bucket = bucket_of(run)
    local members = buckets[bucket]
    if not members then
      members = {}
      buckets[bucket] = members
    end
    members[#members + 1] = run.updated
    members[#members + 1] = id
    if id ~= campaign .. '.' .. run.device then
      redis.call('ZADD', prefix .. 'd:' .. run.device, run.created, id)
    end
  end
end

if #due > 0 then redis.call('ZADD', campaign_key(campaign) .. ':due', unpack(due)) end
for bucket, members in pairs(buckets) do
  redis.call('ZADD', campaign_key(campaign) .. ':in:' .. bucket, unpack(members))
end
redis.call('HINCRBY', campaign_key(campaign), 'targets', fresh)
return fresh
