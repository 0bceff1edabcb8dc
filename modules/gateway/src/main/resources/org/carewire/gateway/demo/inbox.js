const TYPES = [
  'appointment_reminder', 'appointment_cancelled', 'appointment_rescheduled', 'message_received', 'call_missed',
  'prescription_ready', 'lab_results_ready', 'payment_received', 'payment_failed', 'system_alert',
];
const PRIORITIES = ['low', 'medium', 'high', 'urgent'];
const PAGE = 10;
const $ = (id) => document.getElementById(id);

/** The notifications of who is logged in: the list behind the bell, kept up to date by events. */
export class Inbox {
  #session;
  #token;
  #roomId;
  /** By id; what is shown once is not shown again. */
  #shown = new Map();
  /** Of the oldest that was listed. */
  #before;

  constructor(session, token) {
    this.#session = session;
    this.#token = token;
    const on = (event, handle) => session.addEventListener(event, ({ detail }) => handle(detail));
    on('up', ({ userId }) => this.#up(userId));
    on('notification:new', (notification) => this.#arrived(notification));
    on('notification:unreadCount', ({ unreadCount }) => this.#count(unreadCount));
    on('notification:subscribed', ({ topics }) => this.#say(`Subscribed to ${topics.join(', ')}`));
    on('notification:unsubscribed', ({ topics }) => this.#say(`No longer subscribed to ${topics.join(', ')}`));
    this.#bind();
  }

  #bind() {
    $('bell').onclick = () => {
      $('inbox').hidden = !$('inbox').hidden;
      $('bell').ariaExpanded = String(!$('inbox').hidden);
    };
    $('older').onclick = () => this.#list(this.#before);
    $('read-all').onclick = () => this.#try(async () => {
      await this.#session.request('notification:readAll');
      await this.#list();
    });
    $('topic-form').onsubmit = (submitted) => {
      submitted.preventDefault();
      this.#try(() => this.#session.request(submitted.submitter.value, { topics: [$('topic').value.trim()] }));
    };
    $('post-type').replaceChildren(...TYPES.map((type) => new Option(type.replaceAll('_', ' '), type)));
    $('post-priority').replaceChildren(...PRIORITIES.map((priority) => new Option(priority)));
    $('post-form').onsubmit = (submitted) => {
      submitted.preventDefault();
      this.#try(() => this.#post());
    };
  }

  async #up(userId) {
    this.#roomId = `notifications:${userId}`;
    $('notifications').hidden = false;
    $('post-form').hidden = !['admin', 'service'].includes(role(this.#token));
    await this.#list();
  }

  /** The newest, or those before a time. */
  #list(before) {
    return this.#try(async () => {
      const page = { limit: PAGE, ...(before && { before }) };
      const { notifications, hasMore, unreadCount } = await this.#session.request('notification:list', page);
      this.#count(unreadCount);
      notifications.forEach((notification) => this.#show(notification));
      const oldest = notifications.at(-1)?.timestamp;
      if (oldest && (!this.#before || oldest <= this.#before)) {
        this.#before = oldest;
        $('older').hidden = !hasMore;
      }
    });
  }

  #arrived(notification) {
    this.#show(notification);
    // Else it comes again with the next connection.
    this.#try(() => this.#session.request('message:received', { roomId: this.#roomId, offset: notification.offset }));
  }

  #show(notification) {
    const item = this.#item(notification);
    const known = this.#shown.get(notification.id);
    this.#shown.set(notification.id, item);
    if (known) {
      known.replaceWith(item);
      return;
    }
    const older = [...$('inbox-list').children].find((other) => Number(other.dataset.offset) < notification.offset);
    $('inbox-list').insertBefore(item, older ?? null);
  }

  #item(notification) {
    const { type, priority, title, message, topic, timestamp, read, offset } = notification;
    const item = document.createElement('li');
    item.dataset.offset = offset;
    item.classList.toggle('unread', !read);
    const when = element('time', new Date(timestamp).toLocaleString());
    when.dateTime = timestamp;
    const about = [type.replaceAll('_', ' '), priority, topic].filter(Boolean).join(' · ');
    item.append(element('strong', title), ` (${about}) `, when, element('div', message));
    if (!read) {
      const button = element('button', 'Mark as read');
      button.onclick = () => this.#read(notification);
      item.append(button);
    }
    return item;
  }

  #read(notification) {
    return this.#try(async () => {
      const { unreadCount } = await this.#session.request('notification:read', { notificationId: notification.id });
      this.#count(unreadCount);
      this.#show({ ...notification, read: true });
    });
  }

  async #post() {
    const answer = await fetch('../api/v1/notifications', {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${this.#token}`,
        'Content-Type': 'application/json',
        'Idempotency-Key': crypto.randomUUID(),
      },
      body: JSON.stringify({
        userId: $('post-to').value.trim(),
        type: $('post-type').value,
        priority: $('post-priority').value,
        title: $('post-title').value,
        message: $('post-message').value,
      }),
    });
    if (!answer.ok) {
      throw new Error((await answer.json()).detail);
    }
    this.#say('Posted');
    $('post-title').value = $('post-message').value = '';
  }

  #count(unread) {
    $('unread').textContent = unread;
  }

  #say(text) {
    $('inbox-status').textContent = text;
  }

  async #try(action) {
    try {
      await action();
    } catch (refused) {
      this.#say(refused.message);
    }
  }
}

/** What the token says; the server decides by it, the page only what it offers. */
function role(token) {
  const claims = token.split('.')[1].replaceAll('-', '+').replaceAll('_', '/');
  return JSON.parse(atob(claims)).role;
}

function element(name, text) {
  return Object.assign(document.createElement(name), { textContent: text });
}
