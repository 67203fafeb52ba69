-- Replaces a nest's entry, if it is still the one that was read, counts its new name, takes its new slug and lets go of the
-- oldest ones.
-- KEYS registry, parked, names, [slug lookup], [lookups of slugs it lets go of]
-- ARGV id, entry as read, new entry, whether there is a new slug ("1" or "")
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then
  return 'behind'
end
local let_go = 4
if ARGV[4] == '1' then
  let_go = 5
  local holder = redis.call('GET', KEYS[4])
  local entry = holder and holder ~= ARGV[1] and (redis.call('HGET', KEYS[1], holder) or redis.call('HGET', KEYS[2], holder))
  if entry and 'NESTS|slug:' .. tostring(cjson.decode(entry).slug) == KEYS[4] then
    return 'slug'
  end
  redis.call('SET', KEYS[4], ARGV[1])
end
for i = let_go, #KEYS do
  if redis.call('GET', KEYS[i]) == ARGV[1] then
    redis.call('UNLINK', KEYS[i])
  end
end
local was, is = cjson.decode(ARGV[2]).name, cjson.decode(ARGV[3]).name
if redis.call('HINCRBY', KEYS[3], was, -1) < 1 then
  redis.call('HDEL', KEYS[3], was)
end
redis.call('HINCRBY', KEYS[3], is, 1)
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return 'ok'
