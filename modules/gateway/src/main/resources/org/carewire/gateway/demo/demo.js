import { Inbox } from './inbox.js';
import { Mesh } from './mesh.js';
import { Session } from './session.js';

const REPORT_MS = 5_000;
const RETRY_MS = 1_000;
const USERS = ['patient', 'provider', 'admin'];
const $ = (id) => document.getElementById(id);

let me;
let session;
/** The call that this tab is in, and the one that rings. */
let call = null;
let incoming = null;
/** Events of a call may be faster than the reply that begins it. */
let beginning = Promise.resolve();

$('login-form').onsubmit = async (submitted) => {
  submitted.preventDefault();
  const answer = await fetch('../api/v1/auth/login', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ email: $('login-email').value, password: $('login-password').value }),
  });
  if (!answer.ok) {
    $('login-password').setCustomValidity('The email or the password is wrong');
    $('login-form').reportValidity();
    return;
  }
  connect((await answer.json()).token);
};
$('login-password').oninput = () => $('login-password').setCustomValidity('');

function connect(token) {
  session = new Session(token);
  const on = (event, handle) => session.addEventListener(event, ({ detail }) => handle(detail));
  /** Only what is of the call of this tab. */
  const onCall = (event, handle) =>
    on(event, async (data) => {
      await beginning;
      if (call?.id === data.callId) {
        handle(data);
      }
    });
  on('up', up);
  on('down', down);
  on('call:incoming', ring);
  ['call:answeredElsewhere', 'call:missed', 'call:ended'].forEach((event) => on(event, stopRinging));
  onCall('call:ringing', ({ userId }) => status(`Ringing ${userId} …`));
  onCall('call:accepted', ({ recipientId }) => meet(recipientId));
  onCall('call:participantJoined', ({ userId }) => meet(userId));
  onCall('call:participantLeft', ({ userId }) => call.mesh.part(userId));
  onCall('call:signal', (signal) => call.mesh.signal(signal));
  onCall('call:qualityAdvice', (advice) => call.mesh.limit(advice));
  onCall('call:ended', ({ reason }) => over(`Call ended: ${reason}`));
  // In a call of several the others may still answer.
  const alone = (text) => () => call.group || over(text);
  onCall('call:rejected', alone('Call rejected'));
  onCall('call:busy', alone('Busy'));
  onCall('call:missed', alone('No answer'));
  new Inbox(session, token);
  session.connect();
}

async function up({ userId }) {
  me = userId;
  $('me').textContent = userId;
  $('login-form').hidden = true;
  $('calls').hidden = false;
  $('callees').replaceChildren(...USERS.filter((id) => id !== me).map((id) => new Option(id)));
  if (call) {
    await comeBack();
  } else {
    status('Connected');
  }
}

function down({ final }) {
  // What still rings then is told anew to the next session.
  stopRinging(incoming ?? {});
  if (final) {
    over('Logged out');
  } else {
    status('Connecting …');
  }
}

/** The connection was lost: the others meet this session anew. */
async function comeBack() {
  const { id, mesh: earlier } = call;
  earlier?.close();
  await begin('call:join', { callId: id });
}

$('call-video').onclick = () => start('video');
$('call-audio').onclick = () => start('audio');

async function start(callType) {
  const ids = $('callee').value.split(',').map((id) => id.trim()).filter(Boolean);
  if (call || ids.length === 0 || !(await openMedia(callType))) {
    return;
  }
  call.group = ids.length > 1;
  const whom = ids.length === 1 ? { recipientId: ids[0] } : { participantIds: ids };
  await begin('call:initiate', { ...whom, callType });
}

function ring(offered) {
  incoming = offered;
  $('incoming-text').textContent = `${offered.callerId} calls (${offered.callType})`;
  $('incoming').hidden = false;
}

function stopRinging({ callId }) {
  if (incoming?.callId === callId) {
    incoming = null;
    $('incoming').hidden = true;
  }
}

$('accept').onclick = async () => {
  const { callId, callType } = incoming;
  stopRinging({ callId });
  if (!call && (await openMedia(callType))) {
    call.id = callId;
    await begin('call:accept', { callId });
  }
};

$('reject').onclick = () => {
  const { callId } = incoming;
  stopRinging({ callId });
  request('call:reject', { callId });
};

/** The microphone, and for video the camera; answers whether they could be had. */
async function openMedia(callType) {
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: callType === 'video' });
    call = { id: null, mesh: null, group: false, stream, camera: stream.getVideoTracks()[0] ?? null, display: null };
    $('local').srcObject = stream;
    $('controls').hidden = false;
    showState();
    return true;
  } catch (error) {
    status(`No microphone or camera: ${error.name}`);
    return false;
  }
}

/** Asks for a seat in the call; who is in it already makes the offers. */
function begin(event, data) {
  const mine = call;
  beginning = (async () => {
    try {
      const reply = await session.request(event, data);
      if (call !== mine) {
        // Hung up meanwhile.
        request('call:leave', { callId: reply.callId });
        return;
      }
      call.id = reply.callId;
      call.mesh = mesh(reply.callId, reply.iceServers);
      await call.mesh.showVideo(shown());
      call.reporting ??= setInterval(report, REPORT_MS);
      status(reply.status === 'ringing' ? 'Ringing …' : 'In the call');
      if (event === 'call:join') {
        tellMedia();
      }
    } catch (refused) {
      if (call !== mine) {
        return;
      }
      if (event !== 'call:join' || !refused.retryable) {
        over(refused.message);
      } else if (session.isOpen) {
        // Else it is tried again with the next connection.
        setTimeout(() => call === mine && comeBack(), RETRY_MS);
      }
    }
  })();
  return beginning;
}

function mesh(callId, iceServers) {
  return new Mesh({
    me,
    iceServers,
    stream: call.stream,
    send: (recipientId, signalType, signal) =>
      session.request('call:signal', { callId, recipientId, signalType, signal }),
    onStream: show,
    onGone: (userId) => $(`remote-${userId}`)?.remove(),
  });
}

function meet(userId) {
  status('In the call');
  call.mesh.meet(userId);
}

function show(userId, stream) {
  let video = $(`remote-${userId}`);
  if (!video) {
    video = Object.assign(document.createElement('video'), {
      id: `remote-${userId}`,
      autoplay: true,
      playsInline: true,
      title: userId,
    });
    $('videos').append(video);
  }
  video.srcObject = stream;
}

$('hangup').onclick = async () => {
  const { id } = call;
  over('Call ended');
  if (id) {
    await request('call:end', { callId: id });
  }
};

$('mute').onclick = () => {
  call.stream.getAudioTracks().forEach((track) => (track.enabled = !track.enabled));
  tellMedia();
};

$('camera').onclick = async () => {
  if (call.camera) {
    call.camera.enabled = !call.camera.enabled;
  } else {
    const { stream } = call;
    const [track] = (await navigator.mediaDevices.getUserMedia({ video: true })).getTracks();
    call.camera = track;
    stream.addTrack(track);
    await call.mesh?.showVideo(shown());
  }
  tellMedia();
};

$('screen').onclick = async () => {
  if (call.display) {
    await stopSharing();
    return;
  }
  const [track] = (await navigator.mediaDevices.getDisplayMedia({ video: true })).getVideoTracks();
  call.display = track;
  track.onended = stopSharing;
  await call.mesh?.showVideo(track);
  tellMedia();
};

async function stopSharing() {
  if (call?.display) {
    call.display.stop();
    call.display = null;
    await call.mesh?.showVideo(shown());
    tellMedia();
  }
}

/** The picture that the others are sent. */
function shown() {
  return call.display ?? call.camera;
}

function media() {
  return {
    audio: call.stream.getAudioTracks().some((track) => track.enabled),
    video: call.camera?.enabled ?? false,
    screen: call.display !== null,
  };
}

function showState() {
  const { audio, video, screen } = media();
  $('mute').ariaPressed = String(!audio);
  $('camera').ariaPressed = String(video);
  $('screen').ariaPressed = String(screen);
}

function tellMedia() {
  showState();
  if (call.id) {
    request('call:media', { callId: call.id, ...media() });
  }
}

async function report() {
  const { id, mesh: reported } = call;
  const metrics = await reported.quality();
  if (metrics && call?.id === id) {
    const reply = await request('call:quality', { callId: id, metrics });
    if (reply?.advice) {
      await reported.limit(reply.advice);
    }
  }
}

/** The call is over for this tab. */
function over(text) {
  status(text);
  if (!call) {
    return;
  }
  const ended = call;
  call = null;
  clearInterval(ended.reporting);
  ended.mesh?.close();
  ended.display?.stop();
  ended.stream.getTracks().forEach((track) => track.stop());
  $('local').srcObject = null;
  $('controls').hidden = true;
}

/** For what may fail without consequence. */
async function request(event, data) {
  try {
    return await session.request(event, data);
  } catch (refused) {
    console.info(event, refused.code);
    return null;
  }
}

function status(text) {
  $('status').textContent = text;
}
