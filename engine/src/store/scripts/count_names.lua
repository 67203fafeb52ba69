-- Counts anew how many nests have which name, awake or asleep: what another version of the program wrote may be missing from
-- the count. What can't be read has no name.
-- KEYS registry, parked, names
redis.call('UNLINK', KEYS[3])
for i = 1, 2 do
  for _, entry in ipairs(redis.call('HVALS', KEYS[i])) do
    local is_read, nest = pcall(cjson.decode, entry)
    if is_read and type(nest) == 'table' and type(nest.name) == 'string' and not nest.is_main then
      redis.call('HINCRBY', KEYS[3], nest.name, 1)
    end
  end
end
