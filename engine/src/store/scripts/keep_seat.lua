-- Keeps the tokens of a person's account by a nest's own app, and with them the person's seat in it. Not where the app is
-- another one by now or the nest is gone, nor where a renewal comes back after the person disconnected. Whoever has a seat
-- keeps it; a seat whose account is gone, or accepted by Spotify no more, is free.
-- KEYS app, seats, the account, the person's nests, registry, parked
-- ARGV client id, the version that was read ('' for whatever is there), life in seconds, person, nest, accounts' key prefix,
--      seats there are, field, value, ...
-- Answers 1 (kept), 0 (it changed since it was read), -1 (no seat is free), -2 (another app, or none).
if redis.call('HEXISTS', KEYS[5], ARGV[5]) + redis.call('HEXISTS', KEYS[6], ARGV[5]) == 0 then
  return -2
end
if redis.call('HGET', KEYS[1], 'client_id') ~= ARGV[1] then
  return -2
end
if ARGV[2] == '' then
  local taken = 0
  for _, person in ipairs(redis.call('SMEMBERS', KEYS[2])) do
    if redis.call('EXISTS', ARGV[6] .. person) == 0 then
      redis.call('SREM', KEYS[2], person)
    elseif person ~= ARGV[4] and redis.call('HEXISTS', ARGV[6] .. person, 'withdrawn') == 0 then
      taken = taken + 1
    end
  end
  if taken >= tonumber(ARGV[7]) then
    return -1
  end
  redis.call('DEL', KEYS[3])
elseif redis.call('HGET', KEYS[3], 'version') ~= ARGV[2] then
  return 0
end
redis.call('HDEL', KEYS[3], 'withdrawn')
redis.call('HSET', KEYS[3], unpack(ARGV, 8))
redis.call('EXPIRE', KEYS[3], ARGV[3])
redis.call('SADD', KEYS[2], ARGV[4])
redis.call('SADD', KEYS[4], ARGV[5])
redis.call('EXPIRE', KEYS[4], ARGV[3])
return 1
