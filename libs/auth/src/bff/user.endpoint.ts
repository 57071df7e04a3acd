/** Tells a page who is signed in: `GET /bff/user`. */
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { answer } from './bff.answer.js';
import { type BffSettings } from './bff.settings.js';
import { type BrowserSessions } from './browser.sessions.js';
import { checkCall } from './own-page.check.js';

/** What a page is told. Without a session it is not an error: it is the answer. */
export type UserAnswer =
  | {
      readonly signed_in: true;
      readonly claims: Readonly<Record<string, unknown>>;
      /** When the session ends at the latest, in seconds since the epoch. */
      readonly session_ends_at: number;
    }
  | {
      readonly signed_in: false;
      /** Whether the browser had a session that is over. */
      readonly session_ended: boolean;
    };

export class UserEndpoint {
  constructor(
    private readonly settings: BffSettings,
    private readonly sessions: BrowserSessions,
  ) {}

  /**
   * @throws ForeignPageError
   * @throws BffStoreUnavailableError
   */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    checkCall(request, this.settings.origin);
    const found = await this.sessions.find(request);
    const isNamed = this.sessions.isNamed(request);
    if (found === null) {
      const body: UserAnswer = { signed_in: false, session_ended: isNamed };
      return answer(response, 200, body, isNamed ? { 'Set-Cookie': this.sessions.cleared } : {});
    }
    const { claims, endsAtMs } = found.session;
    const body: UserAnswer = {
      signed_in: true,
      claims,
      session_ends_at: Math.floor(endsAtMs / 1000),
    };
    answer(response, 200, body);
  }
}
