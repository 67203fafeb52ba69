-- Begins a nest's next generation, if it is still what the caller read: asleep, or alive with the log where it was. The
-- log's last id is the proof; the old generation's writers are refused by the ids of the new log.
-- KEYS registry, parked, log, version, deleting marker, restarts, cleanup due, player's due, player's lease,
--      [one key per effect]
-- ARGV id, entry as read, "asleep" or "awake", log id as read or "", new entry, "generation-0", most temporary nests awake,
--      now (ms), shortest time between restarts (ms), most restarts in the window, the window (ms), channel, news,
--      house's channel, first look of the cleanup (ms), effects: argument count, command, arguments after the key
-- Answers {"ok"}; {"behind"} (read again); {"gone"}; {"limit"}; {"pace", ms to wait}.
if redis.call('EXISTS', KEYS[5]) == 1 then
  return {'gone'}
end
local asleep = ARGV[3] == 'asleep'
-- What is no log any more has no newest id, and goes like one.
local top = redis.pcall('XREVRANGE', KEYS[3], '+', '-', 'COUNT', 1)
local id = top[1] and top[1][1] or ''
if redis.call('HGET', asleep and KEYS[2] or KEYS[1], ARGV[1]) ~= ARGV[2] or id ~= ARGV[4] then
  return {'behind'}
end
local now = tonumber(ARGV[8])
redis.call('ZREMRANGEBYSCORE', KEYS[6], '-inf', now - ARGV[11])
local last = redis.call('ZRANGE', KEYS[6], -1, -1, 'WITHSCORES')
if last[2] and last[2] + ARGV[9] > now then
  return {'pace', last[2] + ARGV[9] - now}
end
if redis.call('ZCARD', KEYS[6]) >= tonumber(ARGV[10]) then
  local first = redis.call('ZRANGE', KEYS[6], 0, 0, 'WITHSCORES')
  return {'pace', first[2] + ARGV[11] - now}
end
if asleep and redis.call('HLEN', KEYS[1]) - redis.call('HEXISTS', KEYS[1], 'main') >= tonumber(ARGV[7]) then
  return {'limit'}
end
redis.call('HDEL', KEYS[2], ARGV[1])
redis.call('HSET', KEYS[1], ARGV[1], ARGV[5])
redis.call('UNLINK', KEYS[3], KEYS[9])
redis.call('XADD', KEYS[3], ARGV[6], 'e', '')
carry_out(10, 16)
redis.call('SET', KEYS[4], ARGV[6])
redis.call('ZADD', KEYS[6], now, ARGV[6])
redis.call('PEXPIRE', KEYS[6], ARGV[11])
redis.call('ZADD', KEYS[7], ARGV[15], ARGV[1])
-- Whoever plays looks at it now: songs may wait.
redis.call('ZADD', KEYS[8], now, ARGV[1])
redis.call('PUBLISH', ARGV[12], ARGV[13])
redis.call('PUBLISH', ARGV[14], ARGV[1])
return {'ok'}
