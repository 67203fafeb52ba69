-- Puts a nest to sleep, if nothing happened since the decision and nobody is there. The log's last id is the proof: every
-- write moves it, so with the same id the keys of the live state are exactly those the caller names.
-- KEYS registry, parked, log, members, due, [all other live keys]   ARGV id, log id as read, parked entry, channel, frame, member key prefix
local top = redis.call('XREVRANGE', KEYS[3], '+', '-', 'COUNT', 1)
if not top[1] or top[1][1] ~= ARGV[2] then
  return 'busy'
end
for _, member in ipairs(redis.call('SMEMBERS', KEYS[4])) do
  if redis.call('EXISTS', ARGV[6] .. member) == 1 then
    return 'busy'
  end
end
redis.call('HDEL', KEYS[1], ARGV[1])
if ARGV[3] ~= '' then
  redis.call('HSET', KEYS[2], ARGV[1], ARGV[3])
end
redis.call('ZREM', KEYS[5], ARGV[1])
redis.call('UNLINK', KEYS[3], KEYS[4])
for i = 6, #KEYS do
  redis.call('UNLINK', KEYS[i])
end
redis.call('PUBLISH', ARGV[4], ARGV[5])
return 'ok'
