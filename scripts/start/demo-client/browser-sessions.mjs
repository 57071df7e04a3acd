// What the demo client remembers of each browser: in memory, behind a random cookie.
import { randomBytes } from 'node:crypto';

const NAME = 'keyward-demo-client';
const MAX_SESSIONS = 1000;

export class BrowserSessions {
  #sessions = new Map();

  /** The session of the browser that sent `request`; an empty one that is not kept where it has none. */
  find(request) {
    const cookies = (request.headers.cookie ?? '').split(/; */);
    const id = cookies.find((cookie) => cookie.startsWith(`${NAME}=`))?.slice(NAME.length + 1);
    return this.#sessions.get(id) ?? {};
  }

  /** Begins a session under a new name, at sign-in as well: nobody can have known it before. */
  begin(response, session) {
    const id = randomBytes(32).toString('base64url');
    this.#sessions.set(id, session);
    if (this.#sessions.size > MAX_SESSIONS)
      this.#sessions.delete(this.#sessions.keys().next().value);
    response.setHeader('Set-Cookie', `${NAME}=${id}; Path=/; HttpOnly; SameSite=Lax`);
  }

  /** Forgets a session; its cookie names nothing then. */
  end(session) {
    for (const [id, kept] of this.#sessions) if (kept === session) this.#sessions.delete(id);
  }
}
