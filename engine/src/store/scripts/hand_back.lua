-- A conductor that steers a person's player no more makes room for the next one.
-- KEYS the conductor   ARGV its word
if redis.call('GET', KEYS[1]) == ARGV[1] then
  return redis.call('UNLINK', KEYS[1])
end
return 0
