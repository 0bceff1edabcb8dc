-- Changes what is known of one user, works out what others see, and says whether that is news.
--
-- KEYS[1]  the user's presence: a hash of
--            s:<socketId>   a session: <node>|<1 where idle, else 0>|<put at>|<ended at, or nothing>;
--                           x in place of idle where it ended before it was put, so that a late put
--                           finds it ended
--            c:<callId>     a call that the user is in
--            set, setCustom, setAt  the status that the user has set, until there is no session left
--            shown, custom, at      what others see, and since when; `at` only grows
--            seenAt         when the user was last known to be there
-- ARGV[1]  what has happened, with what the rest of ARGV then is:
--            put     node, socketId, '1' where idle, set, setCustom, setAt ('' where not known)
--            end     node, socketId
--            settle  node; where that node is dead, the time until which its sessions were put, else ''
--            set     node, status, customStatus
--            call    node, callId, '1' where the user is in it
-- ARGV[2]  how long a session still counts that has ended, in milliseconds
--
-- Times are milliseconds by the clock of this server; '' stands for what is absent.
--
-- Answers {news (1 or 0), shown, custom, at, seenAt, set, setCustom, setAt, in how many milliseconds
-- the next ended session is over (0: there is none), how many sessions of the node are left}.
local key, op, grace, node = KEYS[1], ARGV[1], tonumber(ARGV[2]), ARGV[3]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local user, sessions, calls = {}, {}, 0
local stored = redis.call('HGETALL', key)
for i = 1, #stored, 2 do
  local field, value = stored[i], stored[i + 1]
  local kind = string.sub(field, 1, 2)
  if kind == 's:' then
    local on, idle, put, ended = string.match(value, '^(.*)|(.)|(%d+)|(%d*)$')
    sessions[field] = {node = on, idle = idle, put = tonumber(put), ended = tonumber(ended)}
  elseif kind == 'c:' then
    calls = calls + 1
  else
    user[field] = value
  end
end

local function keep(fields)
  for name, value in pairs(fields) do
    user[name] = value
    redis.call('HSET', key, name, value)
  end
end

local function forget(field)
  sessions[field] = nil
  redis.call('HDEL', key, field)
end

local function write(field)
  local session = sessions[field]
  redis.call('HSET', key, field, session.node .. '|' .. session.idle .. '|'
    .. string.format('%d', session.put) .. '|'
    .. (session.ended and string.format('%d', session.ended) or ''))
end

local function seen(at)
  if at > (tonumber(user.seenAt) or 0) then
    keep({seenAt = string.format('%d', at)})
  end
end

if op == 'put' then
  local field = 's:' .. ARGV[4]
  local before = sessions[field]
  if not (before and before.ended) then
    if not before or ARGV[5] == '0' then
      seen(now)
    end
    sessions[field] = {node = node, idle = ARGV[5], put = now}
    write(field)
  end
  if ARGV[8] ~= '' and tonumber(ARGV[8]) > (tonumber(user.setAt) or 0) then
    keep({set = ARGV[6], setCustom = ARGV[7], setAt = ARGV[8]})
  end
elseif op == 'end' then
  local field = 's:' .. ARGV[4]
  if not sessions[field] then
    sessions[field] = {node = node, idle = 'x', put = now, ended = now}
    write(field)
  elseif not sessions[field].ended then
    sessions[field].ended = now
    write(field)
    seen(now)
  end
elseif op == 'set' then
  local at = string.format('%d', math.max(now, (tonumber(user.setAt) or 0) + 1))
  keep({set = ARGV[4], setCustom = ARGV[5], setAt = at})
  seen(now)
elseif op == 'call' then
  local field = 'c:' .. ARGV[4]
  if ARGV[5] == '1' then
    calls = calls + 1 - redis.call('HEXISTS', key, field)
    redis.call('HSET', key, field, '1')
  else
    calls = calls - redis.call('HDEL', key, field)
  end
end

local there, active, left, due = false, false, 0, 0
for field, session in pairs(sessions) do
  local dead = op == 'settle' and session.node == node and ARGV[4] ~= ''
    and not session.ended and session.put <= tonumber(ARGV[4])
  if dead then
    seen(now - grace)
  end
  if dead or session.ended and now - session.ended >= grace then
    forget(field)
  else
    there = there or session.idle ~= 'x'
    active = active or session.idle == '0'
    left = left + (session.node == node and 1 or 0)
    if session.ended and (due == 0 or session.ended + grace - now < due) then
      due = session.ended + grace - now
    end
  end
end

local shown, custom = 'offline', ''
if there then
  custom = user.setCustom or ''
  shown = calls > 0 and 'in_call' or user.set or (active and 'online' or 'away')
elseif user.set then
  redis.call('HDEL', key, 'set', 'setCustom', 'setAt')
  user.set, user.setCustom, user.setAt = nil, nil, nil
end

local news = 0
if shown ~= (user.shown or 'offline') or custom ~= (user.custom or '') then
  news = 1
  keep({
    shown = shown,
    custom = custom,
    at = string.format('%d', math.max(now, (tonumber(user.at) or 0) + 1)),
  })
end
if there or calls > 0 then
  redis.call('PERSIST', key)
else
  -- Later than that it is in PostgreSQL when the user was last seen.
  redis.call('EXPIRE', key, 86400)
end
return {
  news, shown, custom, user.at or '', user.seenAt or '',
  user.set or '', user.setCustom or '', user.setAt or '', due, left,
}
