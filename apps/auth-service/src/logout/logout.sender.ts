/** Posts one logout token to one client (Back-Channel Logout 1.0 section 2.5). */
import { Injectable } from '@nestjs/common';
import { isLoopbackHost } from '../client/client-uri.rules.js';

const TIMEOUT_MS = 5000;

/** The token could not be delivered; the message says why, without the token. */
export class LogoutRefusedError extends Error {
  override readonly name = 'LogoutRefusedError';
}

@Injectable()
export class LogoutSender {
  /**
   * Nothing that the client answers is read but its status, and no redirect is followed: the token
   * goes where the client registered and nowhere else.
   *
   * @param signal gives the attempt up
   * @throws LogoutRefusedError where the client did not say that it is done
   * @see Back-Channel Logout 1.0 section 2.8: 200, and 204 from frameworks that answer so
   */
  async send(uri: string, logoutToken: string, signal: AbortSignal): Promise<void> {
    const { protocol, hostname } = new URL(uri);
    if (protocol !== 'https:' && !(protocol === 'http:' && isLoopbackHost(hostname))) {
      throw new LogoutRefusedError('its URI is neither https nor on this machine');
    }
    let response: Response;
    try {
      response = await fetch(uri, {
        method: 'POST',
        redirect: 'manual',
        body: new URLSearchParams({ logout_token: logoutToken }),
        signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
      });
    } catch (error) {
      throw new LogoutRefusedError(`it cannot be reached: ${causeOf(error)}`);
    }
    // A body without end must not be waited for.
    void response.body?.cancel().catch(() => undefined);
    if (response.status !== 200 && response.status !== 204) {
      throw new LogoutRefusedError(`it answered ${response.status}`);
    }
  }
}

function causeOf(error: unknown): string {
  const { cause, message } = error as { cause?: { message?: string }; message?: string };
  return cause?.message ?? message ?? 'failed';
}
