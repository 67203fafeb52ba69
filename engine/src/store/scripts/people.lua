-- Who is here: every member with a live heartbeat; the others are dropped from the set. KEYS members. ARGV member key prefix
-- Answers how long (ms) until the first of these heartbeats ends unless somebody renews it, or -1; and the heartbeats.
local first, here = -1, {}
for _, member in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  local heartbeat = redis.call('GET', ARGV[1] .. member)
  if heartbeat then
    here[#here + 1] = heartbeat
    local left = redis.call('PTTL', ARGV[1] .. member)
    if first < 0 or left < first then
      first = left
    end
  else
    redis.call('SREM', KEYS[1], member)
  end
end
return {first, here}
