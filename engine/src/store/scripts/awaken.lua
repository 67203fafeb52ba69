-- Gives a nest its live state, unless it is alive already. KEYS log, version, whether Bender is off
-- ARGV "generation-version", what that key is to hold, or "" where Bender picks in new nests
if redis.call('EXISTS', KEYS[1]) == 1 then
  return 0
end
redis.call('XADD', KEYS[1], ARGV[1], 'e', '')
redis.call('SET', KEYS[2], ARGV[1])
if ARGV[2] ~= '' then
  redis.call('SET', KEYS[3], ARGV[2])
end
return 1
