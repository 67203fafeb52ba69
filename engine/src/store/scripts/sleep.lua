-- Puts a nest to sleep, if nothing happened since the decision and nobody is there. The log's last id is the proof: every
-- write moves it, so with the same id the keys of the live state are exactly those the caller names.
-- KEYS registry, parked, log, members, player's due, cleanup due, last activity, history, [all other live keys]
-- ARGV id, entry as read, log id as read, newest sign of life as read (ms), parked entry, channel, news, member key
--      prefix, when the cleanup looks again (ms), history id or "", what played (JSON), songs the history keeps
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then
  return 'busy'
end
local top = redis.call('XREVRANGE', KEYS[3], '+', '-', 'COUNT', 1)
if not top[1] or top[1][1] ~= ARGV[3] then
  return 'busy'
end
if tonumber(redis.call('GET', KEYS[7]) or 0) > tonumber(ARGV[4]) then
  return 'busy'
end
for _, member in ipairs(redis.call('SMEMBERS', KEYS[4])) do
  if redis.call('EXISTS', ARGV[8] .. member) == 1 then
    return 'busy'
  end
end
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('HSET', KEYS[2], ARGV[1], ARGV[5])
redis.call('ZREM', KEYS[5], ARGV[1])
redis.call('ZADD', KEYS[6], ARGV[9], ARGV[1])
if ARGV[10] ~= '' then
  redis.call('XADD', KEYS[8], 'MAXLEN', '~', ARGV[12], ARGV[10], 'e', ARGV[11])
end
redis.call('UNLINK', KEYS[3], KEYS[4], KEYS[7])
for i = 9, #KEYS do
  redis.call('UNLINK', KEYS[i])
end
redis.call('PUBLISH', ARGV[6], ARGV[7])
return 'ok'
