-- A person is here: entered once, heard of for the life of the heartbeat. Nobody enters a nest that is not alive.
-- KEYS log, members, member's heartbeat, last activity, [the member's visits]
-- ARGV member, heartbeat (JSON), its life in ms, now, channel, nudge, nest id, visits remembered, their life in s
if redis.call('EXISTS', KEYS[1]) == 0 then
  return -1
end
local new = redis.call('SADD', KEYS[2], ARGV[1])
redis.call('SET', KEYS[3], ARGV[2], 'PX', ARGV[3])
redis.call('SET', KEYS[4], ARGV[4])
if new == 1 then
  if KEYS[5] then
    redis.call('ZADD', KEYS[5], ARGV[4], ARGV[7])
    redis.call('ZREMRANGEBYRANK', KEYS[5], 0, -1 - ARGV[8])
    redis.call('EXPIRE', KEYS[5], ARGV[9])
  end
  redis.call('PUBLISH', ARGV[5], ARGV[6])
end
return new
