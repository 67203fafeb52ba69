-- One step of a nest: append the event to the log, write it through, publish the frame. All or nothing.
-- KEYS[1] the log, KEYS[2] the player's lease, KEYS[3] the deleting marker, KEYS[4..] one key per effect
-- ARGV[1] the log id "generation-version"  ARGV[2] entries the log keeps at least  ARGV[3] the frame  ARGV[4] the channel
-- ARGV[5] the lease a player must hold, or ""  ARGV[6] a checkpoint of votes, or ""
-- ARGV[7..] effects: argument count, command, arguments after the key
-- Answers {"ok"}; what append answers; {"fenced"}.
if ARGV[5] ~= '' and redis.call('GET', KEYS[2]) ~= ARGV[5] then
  return {'fenced'}
end
local refused = append(KEYS[1], KEYS[3], ARGV[1], ARGV[2], ARGV[3], ARGV[6])
if refused then
  return refused
end
carry_out(4, 7)
-- With its place in the log, so that no copy of another generation mistakes it for its own.
redis.call('PUBLISH', ARGV[4], ARGV[1] .. ' ' .. ARGV[3])
return {'ok'}
