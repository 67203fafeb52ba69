-- A person has left. A nest that fell asleep or ended in the meantime is not touched: nothing may come back to life in it.
-- KEYS log, members, member's heartbeat, last activity   ARGV member, now, channel, nudge
if redis.call('EXISTS', KEYS[1]) == 0 then
  return 0
end
redis.call('SREM', KEYS[2], ARGV[1])
redis.call('UNLINK', KEYS[3])
redis.call('SET', KEYS[4], ARGV[2])
redis.call('PUBLISH', ARGV[3], ARGV[4])
return 1
