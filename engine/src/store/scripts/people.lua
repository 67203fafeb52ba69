-- Who is here: every member with a live heartbeat; the others are dropped from the set. KEYS members. ARGV member key prefix
local here = {}
for _, member in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  local heartbeat = redis.call('GET', ARGV[1] .. member)
  if heartbeat then
    here[#here + 1] = heartbeat
  else
    redis.call('SREM', KEYS[1], member)
  end
end
return here
