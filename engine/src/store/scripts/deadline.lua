-- Says when the player has to look at a nest next. Nobody looks at one that is not alive. KEYS due, log   ARGV id, when (ms)
if redis.call('EXISTS', KEYS[2]) == 1 then
  return redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
end
return redis.call('ZREM', KEYS[1], ARGV[1])
