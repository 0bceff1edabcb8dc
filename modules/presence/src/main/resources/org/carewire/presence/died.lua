-- A node has died: what is left of it is kept apart from what it may put when it is back.
--
-- KEYS[1]  the users of the node: a set
-- KEYS[2]  those of them that are to be cleared: a set
redis.call('SUNIONSTORE', KEYS[2], KEYS[2], KEYS[1])
redis.call('DEL', KEYS[1])
