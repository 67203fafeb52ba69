-- A conductor that steers a person's player no more makes room for the next one, and calls it.
-- KEYS the conductor   ARGV its word, channel, news
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return 0
end
redis.call('UNLINK', KEYS[1])
redis.call('PUBLISH', ARGV[2], ARGV[3])
return 1
