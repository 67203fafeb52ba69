-- Enters a nest in the directory and brings it to life, if code, slug, name and number of nests allow.
-- KEYS registry, parked, code lookup, log, version, cleanup due, creator's visits, deleting marker, names,
--      whether Bender is off, [slug lookup]
-- ARGV id, entry (JSON), most temporary nests awake, "generation-0", name, whether it must be free ("1" or ""), first look of
--      the cleanup (ms), now (ms), visits remembered, their life in s, what the key of Bender's is to hold, or ""
local awake = redis.call('HLEN', KEYS[1]) - redis.call('HEXISTS', KEYS[1], 'main')
if awake >= tonumber(ARGV[3]) then
  return 'limit'
end
-- A nest of this code that was deleted may still have remains: they are not to be mixed with new life.
if redis.call('EXISTS', KEYS[3], KEYS[8]) > 0 or redis.call('ZSCORE', KEYS[6], ARGV[1]) then
  return 'code'
end
if KEYS[11] then
  -- A slug that its nest gave up by renaming redirects there until somebody claims it: now.
  local holder = redis.call('GET', KEYS[11])
  local entry = holder and (redis.call('HGET', KEYS[1], holder) or redis.call('HGET', KEYS[2], holder))
  if entry and 'NESTS|slug:' .. tostring(cjson.decode(entry).slug) == KEYS[11] then
    return 'slug'
  end
end
if ARGV[6] ~= '' and redis.call('HEXISTS', KEYS[9], ARGV[5]) == 1 then
  return 'name'
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('HINCRBY', KEYS[9], ARGV[5], 1)
redis.call('SET', KEYS[3], ARGV[1])
if KEYS[11] then
  redis.call('SET', KEYS[11], ARGV[1])
end
if ARGV[11] ~= '' then
  redis.call('SET', KEYS[10], ARGV[11])
end
redis.call('XADD', KEYS[4], ARGV[4], 'e', '')
redis.call('SET', KEYS[5], ARGV[4])
redis.call('ZADD', KEYS[6], ARGV[7], ARGV[1])
redis.call('ZADD', KEYS[7], ARGV[8], ARGV[1])
redis.call('ZREMRANGEBYRANK', KEYS[7], 0, -1 - ARGV[9])
redis.call('EXPIRE', KEYS[7], ARGV[10])
return 'ok'
