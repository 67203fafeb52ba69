-- Appends an event to a nest's log, with a checkpoint of votes if there is one, unless somebody was faster. Stands in front of the
-- scripts that write events: all else they write comes behind it. Answers nothing where it is done, or else what the script is to answer: {"behind", entries} (the
-- log is further, or of a newer generation: what was missed comes along); {"asleep"} or {"gone"} (no log: asleep, or deleted).
local function append(log, deleting, id, kept, frame, checkpoint)
  local fields = {'e', frame}
  if checkpoint and checkpoint ~= '' then
    fields = {'e', frame, 'votes', checkpoint}
  end
  local added = redis.pcall('XADD', log, 'NOMKSTREAM', 'MAXLEN', '~', kept, id, unpack(fields))
  if not added then
    return {redis.call('EXISTS', deleting) == 1 and 'gone' or 'asleep'}
  end
  if type(added) == 'table' and added.err then
    if string.find(added.err, 'equal or smaller', 1, true) then
      return {'behind', redis.call('XRANGE', log, id, '+')}
    end
    return added
  end
end
