-- Takes or keeps the player's lease of a nest that is alive. KEYS lease, fence counter, log   ARGV holder, life in ms
-- Answers the lease's value "holder:fence", or false while somebody else holds it. Each change of hands steps the fence, so
-- that a player that slept through the end of its lease can be told from the one that holds it now.
if redis.call('EXISTS', KEYS[3]) == 0 then
  return false
end
local held = redis.call('GET', KEYS[1])
if held and string.sub(held, 1, #ARGV[1] + 1) ~= ARGV[1] .. ':' then
  return false
end
local value = held or (ARGV[1] .. ':' .. redis.call('INCR', KEYS[2]))
redis.call('SET', KEYS[1], value, 'PX', ARGV[2])
return value
