-- Keeps the tokens of a person's account, unless they changed since they were read: a renewal that comes back after the
-- person disconnected must not connect them again.
-- KEYS the account   ARGV the version that was read ('' for whatever is there), life in seconds, field, value, ...
if ARGV[1] ~= '' and redis.call('HGET', KEYS[1], 'version') ~= ARGV[1] then
  return 0
end
if ARGV[1] == '' then
  redis.call('DEL', KEYS[1])
end
redis.call('HDEL', KEYS[1], 'withdrawn')
redis.call('HSET', KEYS[1], unpack(ARGV, 3))
redis.call('EXPIRE', KEYS[1], ARGV[2])
return 1
