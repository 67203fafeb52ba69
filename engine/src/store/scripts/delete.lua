-- Takes a nest out of the directory and out of life, if its entry is still the one that was read. Without its log no
-- write can succeed any more. What is left of it is due for the cleanup, whatever becomes of the caller.
-- KEYS registry, parked, log, deleting marker, code lookup, player's due, cleanup due, names, [slug lookups]
-- ARGV id, entry as read, marker's life in s, channel, news, house's channel, now (ms)
local awake = redis.call('HGET', KEYS[1], ARGV[1])
local entry = awake or redis.call('HGET', KEYS[2], ARGV[1])
if not entry then
  return 'unknown'
end
if entry ~= ARGV[2] then
  return 'behind'
end
redis.call('HDEL', awake and KEYS[1] or KEYS[2], ARGV[1])
redis.call('SET', KEYS[4], '1', 'EX', ARGV[3])
redis.call('UNLINK', KEYS[3], KEYS[5])
redis.call('ZREM', KEYS[6], ARGV[1])
redis.call('ZADD', KEYS[7], ARGV[7], ARGV[1])
local name = cjson.decode(entry).name
if redis.call('HINCRBY', KEYS[8], name, -1) < 1 then
  redis.call('HDEL', KEYS[8], name)
end
for i = 9, #KEYS do
  if redis.call('GET', KEYS[i]) == ARGV[1] then
    redis.call('UNLINK', KEYS[i])
  end
end
redis.call('PUBLISH', ARGV[4], ARGV[5])
redis.call('PUBLISH', ARGV[6], ARGV[1])
return 'ok'
