-- Adds up.
--
-- KEYS[1]  where the sum is kept
-- ARGV[1]  what is added
--
-- Answers the sum.
return redis.call('INCRBY', KEYS[1], ARGV[1])
