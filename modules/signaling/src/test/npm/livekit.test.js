'use strict';

// What LiveKit's own library makes of a token. The token, the key and the secret, and what the token
// must say, come from SfuTokensTest in CAREWIRE.

const assert = require('node:assert/strict');
const {test} = require('node:test');
const {TokenVerifier} = require('livekit-server-sdk');

const {token, key, secret, room, user} = JSON.parse(process.env.CAREWIRE);

test('the token lets its user into the room of the call, and no more', async () => {
  const claims = await new TokenVerifier(key, secret).verify(token);

  assert.equal(claims.sub, user);
  assert.deepEqual(claims.video, {
    roomJoin: true,
    room,
    canPublish: true,
    canSubscribe: true,
    canPublishData: true,
  });
});

test('another secret does not verify it', async () => {
  await assert.rejects(new TokenVerifier(key, secret.toUpperCase()).verify(token));
});

test('another key is not the one that it names', async () => {
  await assert.rejects(new TokenVerifier('other', secret).verify(token));
});
