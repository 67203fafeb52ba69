-- Gives a nest its live state, unless it is alive already. KEYS[1] the log, KEYS[2] the version. ARGV[1] "generation-version".
if redis.call('EXISTS', KEYS[1]) == 1 then
  return 0
end
redis.call('XADD', KEYS[1], ARGV[1], 'e', '')
redis.call('SET', KEYS[2], ARGV[1])
return 1
