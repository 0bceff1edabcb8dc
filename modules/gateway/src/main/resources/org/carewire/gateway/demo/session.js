/** Closed with one of these, a client does not come back by itself. */
const FINAL = [4400, 4401, 4403, 4409];
const RECONNECT_MS = 500;

/** What the server answered with success:false. */
export class Refused extends Error {
  constructor({ error, code, retryable }) {
    super(error);
    this.code = code;
    this.retryable = retryable;
  }
}

/**
 * One session on /ws: requests that are answered, and events, told as CustomEvents whose detail is
 * the data. 'up' and 'down' say whether it is connected.
 */
export class Session extends EventTarget {
  #token;
  #socket;
  #id = 0;
  #waiting = new Map();
  // The server takes a tab that returns for the same one.
  #deviceId = (sessionStorage.deviceId ??= crypto.randomUUID());

  constructor(token) {
    super();
    this.#token = token;
  }

  connect() {
    const url = new URL('../ws', location.href);
    url.protocol = url.protocol.replace('http', 'ws');
    const socket = new WebSocket(url);
    this.#socket = socket;
    socket.onopen = async () => {
      try {
        this.#tell('up', await this.request('session:hello', { token: this.#token, deviceId: this.#deviceId }));
      } catch (refused) {
        console.warn('hello', refused.code);
      }
    };
    socket.onmessage = ({ data }) => this.#receive(JSON.parse(data));
    socket.onclose = ({ code }) => this.#closed(code);
  }

  get isOpen() {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  /** Answers the reply; fails with Refused. */
  request(event, data) {
    return new Promise((resolve, reject) => {
      if (!this.isOpen) {
        reject(new Refused({ error: 'Not connected', code: 'UNAVAILABLE', retryable: true }));
        return;
      }
      const id = ++this.#id;
      this.#waiting.set(id, { resolve, reject });
      this.#socket.send(JSON.stringify({ id, event, data }));
    });
  }

  #receive({ re, event, data }) {
    if (event) {
      this.#tell(event, data);
      return;
    }
    const { resolve, reject } = this.#waiting.get(re);
    this.#waiting.delete(re);
    data.success ? resolve(data) : reject(new Refused(data));
  }

  #closed(code) {
    for (const { reject } of this.#waiting.values()) {
      reject(new Refused({ error: 'The connection was lost', code: 'UNAVAILABLE', retryable: true }));
    }
    this.#waiting.clear();
    const final = FINAL.includes(code);
    this.#tell('down', { final });
    if (!final) {
      setTimeout(() => this.connect(), RECONNECT_MS);
    }
  }

  #tell(event, detail) {
    this.dispatchEvent(new CustomEvent(event, { detail }));
  }
}
