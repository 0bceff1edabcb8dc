-- A session that joined a room has ended: it is listed no more, but may come back.
--
-- KEYS[1]  the participants of the room: a hash of socketId -> participant as JSON
-- ARGV[1]  the session's socketId
--
-- Answers 1 where it was in the room, else 0.
local json = redis.call('HGET', KEYS[1], ARGV[1])
if not json then
  return 0
end
local participant = cjson.decode(json)
participant.lost = true
redis.call('HSET', KEYS[1], ARGV[1], cjson.encode(participant))
return 1
