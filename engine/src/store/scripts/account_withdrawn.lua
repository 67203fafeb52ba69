-- Notes that Spotify doesn't accept a person's refresh token any more, if it is still the one that was tried.
-- KEYS the account   ARGV the version that was tried
if redis.call('HGET', KEYS[1], 'version') ~= ARGV[1] then
  return 0
end
return redis.call('HSET', KEYS[1], 'withdrawn', '1')
