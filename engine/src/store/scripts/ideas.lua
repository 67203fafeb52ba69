-- Keeps Bender's ideas for a while, in place of those he had; a nest that fell asleep meanwhile gets none.
-- KEYS[1] the list, KEYS[2] the nest's log
-- ARGV[1] seconds that they are good for  ARGV[2..] the ideas
if redis.call('EXISTS', KEYS[2]) == 0 then
  return
end
redis.call('UNLINK', KEYS[1])
redis.call('RPUSH', KEYS[1], unpack(ARGV, 2))
redis.call('EXPIRE', KEYS[1], ARGV[1])
