-- Note that a worker is there.
-- keys: workers draining
-- ARGV[2] worker  [3] now
-- returns 1 when it was asked to end
redis.call('ZADD', prefix .. 'workers', ARGV[3], ARGV[2])
return redis.call('SISMEMBER', prefix .. 'draining', ARGV[2])
