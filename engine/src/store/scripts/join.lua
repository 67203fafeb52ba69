-- A person is here: entered once, heard of for the life of the heartbeat. Nobody enters a nest that is not alive.
-- How they hear the nest is kept by process, since each knows only its own sockets; a process that is gone counts until its
-- last word has run out. Of everything that others can see something is told, once.
-- KEYS log, members, member's heartbeat, last activity, [the member's visits]
-- ARGV member, heartbeat (JSON), its life in ms, now, channel, nudge, process, how they hear it ('': they only look),
--      nest id, visits remembered, their life in s
if redis.call('EXISTS', KEYS[1]) == 0 then
  return -1
end
local new = redis.call('SADD', KEYS[2], ARGV[1])
local now, process, how = tonumber(ARGV[4]), ARGV[7], ARGV[8]
local heartbeat, hears, before = cjson.decode(ARGV[2]), {}, ''
local kept = redis.call('GET', KEYS[3])
if kept then
  kept = cjson.decode(kept)
  heartbeat.since = math.min(heartbeat.since, kept.since)
  for other, heard in pairs(kept.hears or {}) do
    if other == process then
      before = heard.how
    elseif heard['until'] > now then
      hears[other] = heard
    end
  end
end
if how ~= '' then
  hears[process] = {how = how, ['until'] = now + tonumber(ARGV[3])}
end
heartbeat.hears = hears
redis.call('SET', KEYS[3], cjson.encode(heartbeat), 'PX', ARGV[3])
redis.call('SET', KEYS[4], ARGV[4])
if new == 1 and KEYS[5] then
  redis.call('ZADD', KEYS[5], ARGV[4], ARGV[9])
  redis.call('ZREMRANGEBYRANK', KEYS[5], 0, -1 - ARGV[10])
  redis.call('EXPIRE', KEYS[5], ARGV[11])
end
if new == 1 or before ~= how then
  redis.call('PUBLISH', ARGV[5], ARGV[6])
end
return new
