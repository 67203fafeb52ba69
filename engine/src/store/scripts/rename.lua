-- Gives a nest another name: in its entry, in the links that lead to it, in the count of names, and in its log, from which
-- everybody inside learns it. One step, so that of two who rename it at once both are told in the order in which it happened.
-- KEYS[1] the log, KEYS[2] the deleting marker, registry, parked, names, [slug lookup], [lookups of slugs it lets go of],
--      [one key per effect]
-- ARGV[1] the log id  ARGV[2] entries the log keeps at least  ARGV[3] the frame  ARGV[4] the channel
-- ARGV[5] id  ARGV[6] entry as read  ARGV[7] new entry  ARGV[8] slugs it takes (1 or 0)  ARGV[9] slugs it lets go of
-- ARGV[10..] effects: argument count, command, arguments after the key
-- Answers {"ok"}; what append answers; {"entry"} (it changed since it was read); {"slug"} (another nest has it).
if redis.call('HGET', KEYS[3], ARGV[5]) ~= ARGV[6] then
  return {'entry'}
end
local let_go = 6 + ARGV[8]
if ARGV[8] == '1' then
  local holder = redis.call('GET', KEYS[6])
  local entry = holder and holder ~= ARGV[5] and (redis.call('HGET', KEYS[3], holder) or redis.call('HGET', KEYS[4], holder))
  if entry and 'NESTS|slug:' .. tostring(cjson.decode(entry).slug) == KEYS[6] then
    return {'slug'}
  end
end
local refused = append(KEYS[1], KEYS[2], ARGV[1], ARGV[2], ARGV[3])
if refused then
  return refused
end
if ARGV[8] == '1' then
  redis.call('SET', KEYS[6], ARGV[5])
end
local first_effect = let_go + ARGV[9]
for i = let_go, first_effect - 1 do
  if redis.call('GET', KEYS[i]) == ARGV[5] then
    redis.call('UNLINK', KEYS[i])
  end
end
local was, is = cjson.decode(ARGV[6]).name, cjson.decode(ARGV[7]).name
if redis.call('HINCRBY', KEYS[5], was, -1) < 1 then
  redis.call('HDEL', KEYS[5], was)
end
redis.call('HINCRBY', KEYS[5], is, 1)
redis.call('HSET', KEYS[3], ARGV[5], ARGV[7])
carry_out(first_effect, 10)
redis.call('PUBLISH', ARGV[4], ARGV[1] .. ' ' .. ARGV[3])
return {'ok'}
