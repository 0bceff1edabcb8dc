'use strict';

// The published client of the event-bus bridge, as it is, over one transport of SockJS. Where the
// server is, and who may do what there, comes from PublishedClientsTest in CAREWIRE.

const assert = require('node:assert/strict');
const net = require('node:net');
const {test, afterEach} = require('node:test');
const EventBus = require('@vertx/eventbus-bridge-client.js');

const {server, transport, visit, tokens} = JSON.parse(process.env.CAREWIRE);
const roomId = `visit:${visit}`;
const deadline = {timeout: 30_000};

const complaints = [];
console.warn = (...what) => complaints.push(what);
console.error = (...what) => complaints.push(what);

/** Connects, and says goodbye when the test is over. */
function connect(t, url = `${server}/eventbus`) {
  const bus = new EventBus(url, {
    transports: [transport],
    vertxbus_ping_interval: 200,
    vertxbus_reconnect_delay_min: 100,
    vertxbus_reconnect_delay_max: 200,
  });
  t.after(() => {
    bus.enableReconnect(false);
    bus.onclose = undefined;
    bus.sockJSConn?.close();
  });
  return new Promise((resolve, reject) => {
    bus.onopen = () => resolve(bus);
    bus.onclose = event => reject(new Error(`Closed with ${event.code} ${event.reason}`));
  });
}

/** The body of the reply; fails with what the client says of an error frame. */
function ask(bus, event, data, headers = {}) {
  return new Promise((resolve, reject) =>
    bus.send(event, data, headers, (failure, message) =>
      failure ? reject(failure) : resolve(message.body)));
}

async function connectAs(t, token) {
  const bus = await connect(t);
  assert.equal((await ask(bus, 'session:hello', {token})).success, true);
  return bus;
}

/** Registers for an event. Answers a function that waits for the next one. */
function listen(bus, event) {
  const come = [];
  const waiting = [];
  bus.registerHandler(event, (failure, message) => {
    const it = failure ?? message.body;
    waiting.length > 0 ? waiting.shift()(it) : come.push(it);
  });
  return () => come.length > 0
    ? Promise.resolve(come.shift())
    : new Promise(resolve => waiting.push(resolve));
}

function closed(bus) {
  return new Promise(resolve => {
    bus.onclose = resolve;
  });
}

/** A way to the server that can be cut. */
async function wire(t) {
  const {hostname, port} = new URL(server);
  const sockets = new Set();
  let isCut = false;
  const keep = socket => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    return socket;
  };
  const listener = net.createServer(socket => {
    if (isCut) {
      socket.destroy();
      return;
    }
    const onwards = keep(net.connect(Number(port), hostname));
    keep(socket).pipe(onwards).pipe(socket);
    socket.on('close', () => onwards.destroy());
    onwards.on('close', () => socket.destroy());
  });
  await new Promise(resolve => listener.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    sockets.forEach(socket => socket.destroy());
    listener.close();
  });
  return {
    url: `http://127.0.0.1:${listener.address().port}/eventbus`,
    cut() {
      isCut = true;
      sockets.forEach(socket => socket.destroy());
    },
    mend() {
      isCut = false;
    },
  };
}

afterEach(() => assert.deepEqual(complaints.splice(0), []));

test('hello is answered and told as an event', deadline, async t => {
  const bus = await connect(t);
  const connected = listen(bus, 'connected');

  const reply = await ask(bus, 'session:hello', {token: tokens.patient});

  assert.equal(reply.success, true);
  assert.equal((await connected()).socketId, reply.socketId);
  assert.equal(bus.sockJSConn.transport, transport);
});

test('what is sent is answered and reaches the other', deadline, async t => {
  const patient = await connectAs(t, tokens.patient);
  const provider = await connectAs(t, tokens.provider);
  const received = listen(provider, 'message:new');
  await ask(provider, 'room:join', {roomId});
  const text = '100 % «ü» "quoted" \\ \n %41 %zz 😀 \u2028 </script>';

  const reply = await ask(patient, 'message:send', {roomId, message: text});

  assert.equal(reply.success, true);
  assert.equal((await received()).message, text);
});

test('what is published is not answered and reaches the other', deadline, async t => {
  const patient = await connectAs(t, tokens.patient);
  const provider = await connectAs(t, tokens.provider);
  const started = listen(provider, 'typing:start');
  await ask(provider, 'room:join', {roomId});

  patient.publish('typing:start', {roomId});

  assert.equal((await started()).roomId, roomId);
});

test('many messages come in their order', deadline, async t => {
  const patient = await connectAs(t, tokens.patient);
  const provider = await connectAs(t, tokens.provider);
  const received = listen(provider, 'message:new');
  await ask(provider, 'room:list', {});
  const texts = Array.from({length: 50}, (_, i) => `${i} ${'x'.repeat(8_000 - 3)}`);

  const replies = await Promise.all(
    texts.map(message => ask(patient, 'message:send', {roomId, message})));

  assert.ok(replies.every(reply => reply.success));
  for (const text of texts) {
    assert.ok((await received()).message === text);
  }
});

test('who has unregistered is told nothing more', deadline, async t => {
  const patient = await connectAs(t, tokens.patient);
  const provider = await connectAs(t, tokens.provider);
  const unwanted = () => assert.fail('It had been unregistered');
  provider.registerHandler('message:new', unwanted);
  provider.unregisterHandler('message:new', unwanted);
  await ask(provider, 'room:list', {});

  await ask(patient, 'message:send', {roomId, message: 'unheard'});

  // A message for nobody would be complained about by the client.
  assert.equal((await ask(provider, 'room:list', {})).success, true);
});

test('token may come in a header of the bus', deadline, async t => {
  const bus = await connect(t);
  bus.defaultHeaders = {Authorization: `Bearer ${tokens.patient}`};

  assert.equal((await ask(bus, 'session:hello', {}, undefined)).success, true);
});

test('connection that was cut comes back', deadline, async t => {
  const patient = await connectAs(t, tokens.patient);
  const line = await wire(t);
  const provider = await connect(t, line.url);
  provider.enableReconnect(true);
  await ask(provider, 'session:hello', {token: tokens.provider});
  const lost = closed(provider);
  const back = new Promise(resolve => {
    provider.onreconnect = resolve;
  });

  line.cut();
  await lost;
  line.mend();
  await back;

  const received = listen(provider, 'message:new');
  await ask(provider, 'session:hello', {token: tokens.provider});
  await ask(patient, 'message:send', {roomId, message: 'welcome back'});
  assert.equal((await received()).message, 'welcome back');
});

test('unknown addresses are errors', deadline, async t => {
  const bus = await connectAs(t, tokens.patient);
  for (const address of ['chat.send', 'room:dance', 'message:new', '__vertx.reply.1']) {
    await assert.rejects(ask(bus, address, {}), failure => {
      assert.equal(failure.failureCode, -1);
      assert.equal(failure.failureType, 'NO_HANDLERS');
      assert.ok(failure.message);
      return true;
    });
  }
  for (const address of ['chat.send', 'message:send', 'gateway.node']) {
    assert.equal((await listen(bus, address)()).failureType, 'NO_HANDLERS');
  }
  assert.equal((await ask(bus, 'room:list', {})).success, true);
});

test('refused hello is answered, told and ends the session', deadline, async t => {
  const bus = await connect(t);
  const end = closed(bus);
  const told = listen(bus, 'error');

  const reply = await ask(bus, 'session:hello', {token: 'not.a.token'});

  assert.equal(reply.success, false);
  assert.equal(reply.code, 'UNAUTHENTICATED');
  assert.deepEqual(
    await told(), {error: 'Authentication error: Invalid token', code: 'UNAUTHENTICATED'});
  assert.equal((await end).code, 4401);
});

test('refusals are replies with a code', deadline, async t => {
  const stranger = await connectAs(t, tokens.stranger);

  const reply = await ask(stranger, 'message:send', {roomId, message: 'let me in'});

  assert.equal(reply.success, false);
  assert.equal(reply.code, 'ACCESS_DENIED');
  assert.equal(reply.retryable, false);
  assert.ok(reply.error);
});

test('who sends too much is told when to go on', deadline, async t => {
  const patient = await connectAs(t, tokens.patient);

  const replies = await Promise.all(
    Array.from({length: 100}, () => ask(patient, 'message:send', {roomId, message: 'again'})));

  const refused = replies.filter(reply => !reply.success);
  assert.ok(refused.length > 0);
  for (const reply of refused) {
    assert.equal(reply.code, 'RATE_LIMITED');
    assert.equal(reply.retryable, true);
    assert.ok(reply.retryAfterMs > 0);
  }
});
