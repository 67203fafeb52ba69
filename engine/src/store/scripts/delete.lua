-- Takes a nest out of the directory and out of life. Without its log no write can succeed any more.
-- KEYS registry, parked, log, deleting marker, code lookup, due, [slug lookups]   ARGV id, marker's life in s, channel, frame
redis.call('SET', KEYS[4], '1', 'EX', ARGV[2])
redis.call('UNLINK', KEYS[3], KEYS[5])
redis.call('ZREM', KEYS[6], ARGV[1])
for i = 7, #KEYS do
  if redis.call('GET', KEYS[i]) == ARGV[1] then
    redis.call('UNLINK', KEYS[i])
  end
end
local known = redis.call('HDEL', KEYS[1], ARGV[1]) + redis.call('HDEL', KEYS[2], ARGV[1])
redis.call('PUBLISH', ARGV[3], ARGV[4])
return known
