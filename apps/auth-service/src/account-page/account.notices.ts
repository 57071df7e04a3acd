/** What a page says about what was just done on it: one of a few sentences, for the next page alone. */
import { Inject, Injectable } from '@nestjs/common';
import { serverConfig, type ServerConfig } from '../config/server.config.js';
import { clearCookie, type Cookie, hostCookie, readCookie, writeCookie } from '../http/cookie.js';
import { type Visit } from './account.access.js';

/** Every notice; account-notice.html has the words. */
export const NOTICES = [
  'profile-saved',
  'password-changed',
  'email-link-sent',
  'place-ended',
  'other-places-ended',
  'application-ended',
  'factor-added',
  'factor-renamed',
  'factor-removed',
  'devices-forgotten',
  'connection-removed',
  'connection-needed',
] as const;

/** A word for a sentence. */
export type Notice = (typeof NOTICES)[number];

/** Kept in a cookie and not in the URL: no link can make a page say what did not happen. */
@Injectable()
export class AccountNotices {
  private readonly cookie: Cookie;

  constructor(@Inject(serverConfig.KEY) config: ServerConfig) {
    this.cookie = hostCookie('keyward-notice', config);
  }

  /** For the next page that this browser shows. */
  leave({ reply }: Visit, notice: Notice): void {
    writeCookie(reply, this.cookie, notice);
  }

  /** What was left for this page; it is said once. */
  take({ request, reply }: Visit): Notice | null {
    const left = readCookie(request, this.cookie);
    if (left === null) return null;
    clearCookie(reply, this.cookie);
    return NOTICES.find((notice) => notice === left) ?? null;
  }
}
