-- A device has come, by a new session; what its sessions of a moment ago were in is told.
--
-- KEYS[1]  the sessions of the device: a hash of socketId -> {at, rooms, ended} as JSON
-- ARGV[1]  now, in milliseconds
-- ARGV[2]  how long a session is remembered, in milliseconds
-- ARGV[3]  the new session's socketId
-- ARGV[4]  the new session as JSON
-- ARGV[5]  the socketId of a session that is replaced, or ''
--
-- Answers nothing where the device was not there a moment ago, else the lists of rooms, each as
-- JSON. Sessions that have ended, or are replaced, are forgotten: what they were in is the new
-- one's now.
local found = {}
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  local session = cjson.decode(all[i + 1])
  local remembered = tonumber(ARGV[1]) - session.at < tonumber(ARGV[2])
  if remembered then
    found[#found + 1] = cjson.encode(session.rooms)
  end
  if session.ended or not remembered or all[i] == ARGV[5] then
    redis.call('HDEL', KEYS[1], all[i])
  end
end
redis.call('HSET', KEYS[1], ARGV[3], ARGV[4])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return found
