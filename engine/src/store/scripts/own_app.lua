-- Gives a nest an app of its own, or takes it away. Where it is another one than before, the accounts that were connected by
-- the one before go with their seats, and so does its rest.
-- KEYS registry, parked, app, seats, rest   ARGV nest, accounts' key prefix, client id ('' for none), field, value, ...
-- Answers 0 where the nest is gone: nothing may be left behind it.
if redis.call('HEXISTS', KEYS[1], ARGV[1]) + redis.call('HEXISTS', KEYS[2], ARGV[1]) == 0 then
  return 0
end
if redis.call('HGET', KEYS[3], 'client_id') ~= ARGV[3] then
  for _, person in ipairs(redis.call('SMEMBERS', KEYS[4])) do
    redis.call('UNLINK', ARGV[2] .. person)
  end
  redis.call('UNLINK', KEYS[4], KEYS[5])
end
redis.call('DEL', KEYS[3])
if ARGV[3] ~= '' then
  redis.call('HSET', KEYS[3], unpack(ARGV, 4))
end
return 1
