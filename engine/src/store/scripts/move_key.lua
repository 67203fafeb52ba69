-- Moves a key to another name with its life, unless something has that name already. Answers moved, taken, missing (it was
-- moved or died since) or changed (a value to replace is not the one that was read; read it again).
-- KEYS from, to   ARGV values to replace on the way, in threes: hash field (or "" for a string), as read, from now on
if redis.call('EXISTS', KEYS[1]) == 0 then
  return 'missing'
end
if redis.call('EXISTS', KEYS[2]) == 1 then
  return 'taken'
end
for i = 1, #ARGV, 3 do
  local held = ARGV[i] == '' and redis.call('GET', KEYS[1]) or ARGV[i] ~= '' and redis.call('HGET', KEYS[1], ARGV[i])
  if held ~= ARGV[i + 1] then
    return 'changed'
  end
end
local life = redis.call('PTTL', KEYS[1])
-- RESTORE takes 0 for "for ever"; a key in its last millisecond must not become immortal.
redis.call('RESTORE', KEYS[2], life < 0 and 0 or math.max(life, 1), redis.call('DUMP', KEYS[1]))
for i = 1, #ARGV, 3 do
  if ARGV[i] == '' then
    redis.call('SET', KEYS[2], ARGV[i + 2], 'KEEPTTL')
  else
    redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 2])
  end
end
redis.call('DEL', KEYS[1])
return 'moved'
