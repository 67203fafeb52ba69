-- Replaces the entry of a nest that is awake, if it is still the one that was read. KEYS registry   ARGV id, entry as read, new
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then
  return 0
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return 1
