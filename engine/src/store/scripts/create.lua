-- Enters a nest in the directory and brings it to life, if code, slug, name and number of nests allow.
-- KEYS registry, parked, code lookup, log, version, [slug lookup]
-- ARGV id, entry (JSON), most temporary nests awake, "generation-0", name that must be free or ""
local awake = redis.call('HLEN', KEYS[1]) - redis.call('HEXISTS', KEYS[1], 'main')
if awake >= tonumber(ARGV[3]) then
  return 'limit'
end
if redis.call('EXISTS', KEYS[3]) == 1 then
  return 'code'
end
if KEYS[6] then
  -- A slug that its nest gave up by renaming redirects there until somebody claims it: now.
  local holder = redis.call('GET', KEYS[6])
  local entry = holder and (redis.call('HGET', KEYS[1], holder) or redis.call('HGET', KEYS[2], holder))
  if entry and 'NESTS|slug:' .. tostring(cjson.decode(entry).slug) == KEYS[6] then
    return 'slug'
  end
end
if ARGV[5] ~= '' then
  for _, entry in ipairs(redis.call('HVALS', KEYS[1])) do
    if cjson.decode(entry).name == ARGV[5] then
      return 'name'
    end
  end
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('SET', KEYS[3], ARGV[1])
if KEYS[6] then
  redis.call('SET', KEYS[6], ARGV[1])
end
redis.call('XADD', KEYS[4], ARGV[4], 'e', '')
redis.call('SET', KEYS[5], ARGV[4])
return 'ok'
