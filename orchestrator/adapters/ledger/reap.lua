-- Make runs due again whose lease has ended.
-- keys: lease leases busy:* r:{run} due c:{campaign}:due c:{campaign}:in:* ev c:{campaign}:ev
-- ARGV[2] now  [3] how many leases at most  [4] text of the entry
-- returns {leases looked at, run id, run id, ...}
local now, text = ARGV[2], ARGV[4]
local devices = redis.call('ZRANGE', prefix .. 'lease', '-inf', now, 'BYSCORE', 'LIMIT', 0, ARGV[3])
local reaped = { #devices }
for _, device in ipairs(devices) do
  local lease = lease_of(device)
  if lease then
    let_go(device, lease)
    local run = load_run(lease.run)
    if run and not (FINAL[run.state] and run.due == NONE) then
      put_back(run, now, now, text)
      reaped[#reaped + 1] = run.id
    end
  else
    redis.call('ZREM', prefix .. 'lease', device)
  end
end
return reaped
