-- A device has come, by a new session; how its sessions of a moment ago were is told, and is
-- remembered as the new one's.
--
-- KEYS[1]  the sessions of the device: a hash of socketId -> {at, rooms, idle, watched, ended} as
--          JSON
-- ARGV[1]  now, in milliseconds
-- ARGV[2]  how long a session is remembered, in milliseconds
-- ARGV[3]  the new session's socketId
-- ARGV[4]  the socketId of a session that is replaced, or ''
-- ARGV[5]  how many rooms are told at most
-- ARGV[6]  how many watched users are told at most
--
-- Answers whether the device was there a moment ago (1 or 0), whether it was idle (1 or 0; the
-- latest session says it), the rooms, the watched users. Sessions that have ended, or are replaced,
-- are forgotten.
local function union(most)
  local list, seen = {}, {}
  return list, function(more)
    for _, one in ipairs(more or {}) do
      if not seen[one] and #list < most then
        seen[one] = true
        list[#list + 1] = one
      end
    end
  end
end

local returned, idle, latest = 0, false, -1
local rooms, add_rooms = union(tonumber(ARGV[5]))
local watched, add_watched = union(tonumber(ARGV[6]))
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  local session = cjson.decode(all[i + 1])
  local remembered = tonumber(ARGV[1]) - session.at < tonumber(ARGV[2])
  if remembered then
    returned = 1
    add_rooms(session.rooms)
    add_watched(session.watched)
    if session.at > latest then
      latest = session.at
      idle = session.idle == true
    end
  end
  if session.ended or not remembered or all[i] == ARGV[4] then
    redis.call('HDEL', KEYS[1], all[i])
  end
end
redis.call(
  'HSET', KEYS[1], ARGV[3],
  cjson.encode({ at = tonumber(ARGV[1]), rooms = rooms, idle = idle, watched = watched }))
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return { returned, idle and 1 or 0, rooms, watched }
