-- Gives a waiting screen its code: the one it has, or a new one. Nil: the new one is taken, draw again.
-- KEYS the screen's code, the code's screen   ARGV code, digest of the screen's token, life in seconds
local has = redis.call('GET', KEYS[1])
if has then
  return has
end
if redis.call('EXISTS', KEYS[2]) == 1 then
  return nil
end
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[3])
redis.call('SET', KEYS[2], ARGV[2], 'EX', ARGV[3])
return ARGV[1]
