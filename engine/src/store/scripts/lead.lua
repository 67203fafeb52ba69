-- Who steers a person's player: whoever asks, where nobody else says so. Only its own word is kept alive.
-- KEYS the conductor   ARGV its word, life in seconds   Answers '' or the other one's word
local leader = redis.call('GET', KEYS[1])
if leader and leader ~= ARGV[1] then
  return leader
end
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
return ''
