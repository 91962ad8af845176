-- Keep the next versions of runs of one campaign, from outside.
-- keys: r:{run} leases c:{campaign}:due c:{campaign}:in:* c:{campaign}:unreleased c:{campaign}:ev
-- ARGV[2] campaign  [3] now  [4] text of an entry for each, '' for none
--   [5] 1 when they wait for their wave, in this order, and one that is worked on is left alone
--   [6...] run id, version that was read, record, run id, version, record, ...
-- returns how many were kept; the others have changed since they were read, or are gone;
--   -1 and keeps nothing when they would wait for a wave of a campaign that is not being started
local now, text, waits, kept = ARGV[3], ARGV[4], ARGV[5] == '1', 0
local waiting = {}
if waits and redis.call('HGET', campaign_key(ARGV[2]), 'status') ~= 'starting' then return -1 end
for i = 6, #ARGV, 3 do
  local id, version, record = ARGV[i], ARGV[i + 1], ARGV[i + 2]
  local old = load_run(id)
  local lease = old and lease_of(old.device)
  local held = lease and lease.run == id
  if old and old.version == version and not (held and waits) then
    local head, body = string.match(record, '^([^\n]*)\n(.*)$')
    local run = parse_head(head)
    run.id, run.body, run.trail = id, body, old.trail
    if text ~= '' then tell(run, now, 'state', run.state, text) end
    store_run(run)
    move(run, place_of(old))
    if run.due == NONE then
      redis.call('ZREM', due_key(run), id)
    else
      redis.call('ZADD', due_key(run), run.due, id)
    end
    if held then
      lease.run = NONE -- its worker notices with its next save or renewal
      put_lease(run.device, lease)
    end
    if waits then waiting[#waiting + 1] = run.device end
    publish(run)
    kept = kept + 1
  end
end
if #waiting > 0 then
  redis.call('RPUSH', campaign_key(ARGV[2]) .. ':unreleased', unpack(waiting))
end
return kept
