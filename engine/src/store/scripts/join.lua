-- A person is here: entered once, heard of for the life of the heartbeat. Nobody enters a nest that is not alive.
-- KEYS log, members, member's heartbeat, last activity   ARGV member, heartbeat (JSON), its life in ms, now, channel, nudge
if redis.call('EXISTS', KEYS[1]) == 0 then
  return -1
end
local new = redis.call('SADD', KEYS[2], ARGV[1])
redis.call('SET', KEYS[3], ARGV[2], 'PX', ARGV[3])
redis.call('SET', KEYS[4], ARGV[4])
if new == 1 then
  redis.call('PUBLISH', ARGV[5], ARGV[6])
end
return new
