-- How a person's device does: kept with their choice unless that is another one by now, and told to their sockets, whichever
-- process holds them. A browser that has no player ("") does not do at all.
-- KEYS the choice   ARGV device id, the choice with how it does (JSON), its life in s, channel, news
local kept = redis.call('GET', KEYS[1])
if kept and ARGV[1] ~= '' and cjson.decode(kept).id == ARGV[1] then
  redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
end
return redis.call('PUBLISH', ARGV[4], ARGV[5])
