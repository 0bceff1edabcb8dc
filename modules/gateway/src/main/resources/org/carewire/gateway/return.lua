-- A device has come, by a new session; what its sessions of a moment ago were in is told, and is
-- remembered as the new one's.
--
-- KEYS[1]  the sessions of the device: a hash of socketId -> {at, rooms, ended} as JSON
-- ARGV[1]  now, in milliseconds
-- ARGV[2]  how long a session is remembered, in milliseconds
-- ARGV[3]  the new session's socketId
-- ARGV[4]  the socketId of a session that is replaced, or ''
-- ARGV[5]  how many rooms are told at most
--
-- Answers whether the device was there a moment ago (1 or 0), then the rooms. Sessions that have
-- ended, or are replaced, are forgotten.
local returned = 0
local rooms, seen = {}, {}
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  local session = cjson.decode(all[i + 1])
  local remembered = tonumber(ARGV[1]) - session.at < tonumber(ARGV[2])
  if remembered then
    returned = 1
    for _, room in ipairs(session.rooms) do
      if not seen[room] and #rooms < tonumber(ARGV[5]) then
        seen[room] = true
        rooms[#rooms + 1] = room
      end
    end
  end
  if session.ended or not remembered or all[i] == ARGV[4] then
    redis.call('HDEL', KEYS[1], all[i])
  end
end
-- An empty table would become an object.
local list = #rooms == 0 and '[]' or cjson.encode(rooms)
redis.call('HSET', KEYS[1], ARGV[3], '{"at":' .. ARGV[1] .. ',"rooms":' .. list .. '}')
redis.call('PEXPIRE', KEYS[1], ARGV[2])
table.insert(rooms, 1, returned)
return rooms
