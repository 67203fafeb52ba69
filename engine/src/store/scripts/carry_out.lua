-- The writes beside a script's own: from the key-th key and the arg-th argument on, each a key, and an argument count, a command
-- and its arguments after the key. Stands in front of the scripts that take effects.
local function carry_out(key, arg)
  while ARGV[arg] do
    local count = tonumber(ARGV[arg])
    redis.call(ARGV[arg + 1], KEYS[key], unpack(ARGV, arg + 2, arg + 1 + count))
    key, arg = key + 1, arg + 2 + count
  end
end
