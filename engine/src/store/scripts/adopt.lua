-- Gives a nest the queue of an older installation, in a new generation, if nothing was written since it was read.
-- KEYS[1] the log, KEYS[2..] one key per effect
-- ARGV[1] the log's newest id as read  ARGV[2] the first id of the new generation
-- ARGV[3..] effects: argument count, command, arguments after the key
local top = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)
if not top[1] or top[1][1] ~= ARGV[1] then
  return 'busy'
end
redis.call('DEL', KEYS[1])
redis.call('XADD', KEYS[1], ARGV[2], 'e', '')
carry_out(2, 3)
return 'ok'
