-- Notes that Spotify doesn't accept a person's tokens any more, if they are still the ones that were tried.
-- KEYS the account   ARGV the version that was tried, why
if redis.call('HGET', KEYS[1], 'version') ~= ARGV[1] then
  return 0
end
return redis.call('HSET', KEYS[1], 'withdrawn', ARGV[2])
