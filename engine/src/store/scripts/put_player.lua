-- The player that a browser has opened, in the choice of who hears a nest in that browser. Another choice is left alone, and
-- so is another player than the one that was meant.
-- KEYS the choice   ARGV the browser, the player that it had ('' for whichever), the one that it has ('' for none),
--                        life in seconds
local text = redis.call('GET', KEYS[1])
if not text then
  return 0
end
local chosen = cjson.decode(text)
if chosen.browser ~= ARGV[1] or (ARGV[2] ~= '' and chosen.id ~= ARGV[2]) then
  return 0
end
chosen.id = ARGV[3]
chosen.footing = nil -- how the one before did
redis.call('SET', KEYS[1], cjson.encode(chosen), 'EX', ARGV[4])
return 1
