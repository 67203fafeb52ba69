-- A source wishes not to be asked. Never shortens a rest that stands, and leaves one without an end alone.
-- KEYS the rest   ARGV seconds
local left = redis.call('PTTL', KEYS[1])
if left == -1 or left >= ARGV[1] * 1000 then
  return 0
end
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[1])
return 1
