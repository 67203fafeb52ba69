-- Replaces a nest's entry, if it is still the one that was read, and takes its new slug.
-- KEYS registry, parked, [slug lookup]   ARGV id, entry as read, new entry
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then
  return 'behind'
end
if KEYS[3] then
  local holder = redis.call('GET', KEYS[3])
  local entry = holder and holder ~= ARGV[1] and (redis.call('HGET', KEYS[1], holder) or redis.call('HGET', KEYS[2], holder))
  if entry and 'NESTS|slug:' .. tostring(cjson.decode(entry).slug) == KEYS[3] then
    return 'slug'
  end
  redis.call('SET', KEYS[3], ARGV[1])
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return 'ok'
