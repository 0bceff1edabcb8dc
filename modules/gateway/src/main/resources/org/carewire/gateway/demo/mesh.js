/**
 * A connection to each other participant. Who learns that somebody has come makes the offer; where
 * both do, the polite one takes back its own (the "perfect negotiation" of the WebRTC
 * specification).
 */
export class Mesh {
  #peers = new Map();
  #video = null;

  /** send(userId, signalType, signal) answers a promise. */
  constructor({ me, iceServers, stream, send, onStream, onGone }) {
    Object.assign(this, { me, iceServers, stream, send, onStream, onGone });
    this.#video = stream.getVideoTracks()[0] ?? null;
  }

  /** Somebody has come, or come back with a new session: what there was of it is over. */
  meet(userId) {
    this.part(userId);
    this.#peer(userId);
  }

  part(userId) {
    const peer = this.#peers.get(userId);
    if (peer) {
      peer.close();
      this.#peers.delete(userId);
      this.onGone(userId);
    }
  }

  close() {
    [...this.#peers.keys()].forEach((userId) => this.part(userId));
  }

  signal({ senderId, signalType, signal }) {
    return this.#peer(senderId).signal(signalType, signal);
  }

  /** Sends this picture from now on; null for none. */
  async showVideo(track) {
    this.#video = track;
    await Promise.all([...this.#peers.values()].map((peer) => peer.showVideo(track)));
  }

  async limit(advice) {
    await Promise.all([...this.#peers.values()].map((peer) => peer.limit(advice)));
  }

  /** What is received, at its worst, in the units of call:quality; null while there is nothing. */
  async quality() {
    const all = await Promise.all([...this.#peers.values()].map((peer) => peer.quality()));
    const received = all.filter((metrics) => metrics.bitrate !== undefined);
    if (received.length === 0) {
      return null;
    }
    const worst = (name) => Math.max(...received.map((metrics) => metrics[name] ?? 0));
    return {
      bitrate: Math.min(...received.map((metrics) => metrics.bitrate)),
      packetsLost: worst('packetsLost'),
      jitter: worst('jitter'),
      latency: worst('latency'),
    };
  }

  #peer(userId) {
    let peer = this.#peers.get(userId);
    if (!peer) {
      peer = new Peer({
        polite: this.me < userId,
        iceServers: this.iceServers,
        send: (type, signal) => this.send(userId, type, signal),
        onStream: (stream) => this.onStream(userId, stream),
      });
      this.#peers.set(userId, peer);
      peer.begin(this.stream, this.#video);
    }
    return peer;
  }
}

class Peer {
  #connection;
  #polite;
  #send;
  #offering = false;
  #ignoring = false;
  #videoSender = null;
  #stream;
  #before = { at: 0, bytes: 0, lost: 0, packets: 0 };
  // One after the other, as they came.
  #handled = Promise.resolve();

  constructor({ polite, iceServers, send, onStream }) {
    this.#polite = polite;
    // What cannot be sent now is of a participant who comes back, and is then met anew.
    this.#send = (type, signal) =>
      send(type, signal).catch((refused) => console.info('call:signal', refused.code));
    const connection = new RTCPeerConnection({ iceServers });
    this.#connection = connection;
    connection.onnegotiationneeded = () => this.#offer();
    connection.onicecandidate = ({ candidate }) =>
      candidate && this.#send('ice-candidate', candidate.toJSON());
    connection.ontrack = ({ streams, track }) => onStream(streams[0] ?? new MediaStream([track]));
    connection.onconnectionstatechange = () =>
      connection.connectionState === 'failed' && connection.restartIce();
  }

  /** Has it negotiated, unless an offer of the other comes first. */
  begin(stream, video) {
    this.#stream = stream;
    stream.getAudioTracks().forEach((track) => this.#connection.addTrack(track, stream));
    if (video) {
      this.#videoSender = this.#connection.addTrack(video, stream);
    }
  }

  close() {
    this.#connection.close();
  }

  async showVideo(track) {
    if (this.#videoSender) {
      await this.#videoSender.replaceTrack(track);
    } else if (track) {
      this.#videoSender = this.#connection.addTrack(track, this.#stream);
    }
  }

  /** maxBitrate in kbit/s, maxHeight in pixels. */
  async limit({ maxBitrate, maxHeight, video }) {
    if (!this.#videoSender) {
      return;
    }
    const parameters = this.#videoSender.getParameters();
    const height = this.#videoSender.track?.getSettings().height ?? maxHeight;
    for (const encoding of parameters.encodings) {
      encoding.active = video;
      encoding.maxBitrate = Math.max(1, maxBitrate) * 1000;
      encoding.scaleResolutionDownBy = video ? Math.max(1, height / maxHeight) : 1;
    }
    await this.#videoSender.setParameters(parameters);
  }

  signal(type, signal) {
    this.#handled = this.#handled
      .then(() => (type === 'ice-candidate' ? this.#candidate(signal) : this.#description(signal)))
      // It may belong to a connection that was given up.
      .catch((error) => console.info('signal', type, error.name));
    return this.#handled;
  }

  async #offer() {
    try {
      this.#offering = true;
      await this.#connection.setLocalDescription();
      await this.#send(this.#connection.localDescription.type, this.#connection.localDescription.toJSON());
    } catch (error) {
      console.info('offer', error.name);
    } finally {
      this.#offering = false;
    }
  }

  async #description(description) {
    const collides =
      description.type === 'offer' &&
      (this.#offering || this.#connection.signalingState !== 'stable');
    this.#ignoring = collides && !this.#polite;
    if (this.#ignoring) {
      return;
    }
    await this.#connection.setRemoteDescription(description);
    if (description.type === 'offer') {
      await this.#connection.setLocalDescription();
      this.#send('answer', this.#connection.localDescription.toJSON());
    }
  }

  async #candidate(candidate) {
    try {
      await this.#connection.addIceCandidate(candidate);
    } catch (error) {
      if (!this.#ignoring) {
        throw error;
      }
    }
  }

  async quality() {
    const now = { at: performance.now(), bytes: 0, lost: 0, packets: 0 };
    const metrics = {};
    for (const report of (await this.#connection.getStats()).values()) {
      if (report.type === 'inbound-rtp') {
        now.bytes += report.bytesReceived ?? 0;
        now.lost += Math.max(0, report.packetsLost ?? 0);
        now.packets += report.packetsReceived ?? 0;
        metrics.jitter = Math.max(metrics.jitter ?? 0, (report.jitter ?? 0) * 1000);
      } else if (report.type === 'candidate-pair' && report.nominated) {
        metrics.latency = (report.currentRoundTripTime ?? 0) * 1000;
      }
    }
    const { at, bytes, lost, packets } = this.#before;
    this.#before = now;
    if (at > 0 && now.packets > packets) {
      const newlyLost = Math.max(0, now.lost - lost);
      metrics.bitrate = Math.max(0, (now.bytes - bytes) * 8) / (now.at - at);
      metrics.packetsLost = (100 * newlyLost) / (newlyLost + now.packets - packets);
    }
    return metrics;
  }
}
