-- Ties a screen to a nest, if its code is still the one it was found by. The code is used up.
-- KEYS the code's screen, the screen's code, the screen's nest, the nest's screens
-- ARGV digest of the token, nest id, the screen (JSON), life in seconds, most screens, house's channel, news
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return 'unknown'
end
if redis.call('HLEN', KEYS[4]) >= tonumber(ARGV[5]) then
  return 'full'
end
redis.call('UNLINK', KEYS[1], KEYS[2])
redis.call('SET', KEYS[3], ARGV[2], 'EX', ARGV[4])
redis.call('HSET', KEYS[4], ARGV[1], ARGV[3])
redis.call('PUBLISH', ARGV[6], ARGV[7])
return 'ok'
