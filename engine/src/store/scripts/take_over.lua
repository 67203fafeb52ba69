-- A conductor takes a person's player over, as they wished. Where several heard the wish the first one has it: its word ends
-- with the wish's.
-- KEYS the conductor   ARGV its new word, the wish's word, life in seconds
local leader = redis.call('GET', KEYS[1])
if leader and string.sub(leader, -#ARGV[2]) == ARGV[2] then
  return 0
end
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[3])
return 1
