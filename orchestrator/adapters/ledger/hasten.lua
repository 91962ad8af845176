-- Make resting runs due now, because what they wait for has come.
-- keys: r:{run} due c:{campaign}:due c:{campaign}:in:*
-- ARGV[2] now  [3] the time they are rung for; earlier than others go first  [4...] run ids
-- returns how many rest and were due later
local now, rung, hastened = ARGV[2], ARGV[3], 0
for i = 4, #ARGV do
  local run = load_run(ARGV[i])
  if run and RESTING[run.state] and run.due ~= NONE and tonumber(run.due) > tonumber(now)
    and redis.call('ZSCORE', due_key(run), run.id) then
    run.due, run.updated = now, now
    run.version = digits(run.version + 1)
    store_run(run)
    move(run, place_of(run))
    redis.call('ZADD', due_key(run), rung, run.id)
    publish(run)
    hastened = hastened + 1
  end
end
return hastened
