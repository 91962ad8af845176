-- Add a line to a run's history; the run itself and its version stay as they are.
-- keys: r:{run} ev c:{campaign}:ev
-- ARGV[2] run id  [3] at  [4] kind  [5] state  [6] text
-- returns 1, or 0 when there is no such run
local run = load_run(ARGV[2])
if not run then return 0 end
tell(run, ARGV[3], ARGV[4], ARGV[5], ARGV[6])
local left = redis.call('TTL', run_key(run.id))
store_run(run, left > 0 and left or nil)
publish(run)
return 1
