-- A session joins a room.
--
-- KEYS[1]  the participants of the room: a hash of socketId -> participant as JSON
-- ARGV[1]  the session's socketId
-- ARGV[2]  the participant as JSON, with `returningAs` and no `lost`
--
-- Answers 1 where the others are to be told; 0 where the session was in already, or comes in place
-- of one that was lost a moment ago.
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 1 then
  return 0
end
local joining = cjson.decode(ARGV[2])
local news = 1
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  local participant = cjson.decode(all[i + 1])
  if participant.lost and participant.returningAs == joining.returningAs then
    redis.call('HDEL', KEYS[1], all[i])
    news = 0
  end
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return news
