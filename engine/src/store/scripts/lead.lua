-- Whether this conductor steers a person's player: it does where nobody else says so. Only its own word is kept alive.
-- KEYS the conductor   ARGV its word, life in seconds
local leader = redis.call('GET', KEYS[1])
if leader and leader ~= ARGV[1] then
  return 0
end
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
return 1
