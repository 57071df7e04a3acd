/** Posts one logout token to one client (Back-Channel Logout 1.0 section 2.5). */
import { Injectable } from '@nestjs/common';
import { isOutboundError, OutboundClient } from '../outbound/outbound.client.js';
import { type OutboundAnswer } from '../outbound/outbound.exchange.js';

const TIMEOUT_MS = 5000;

/** The token could not be delivered; the message says why, without the token. */
export class LogoutRefusedError extends Error {
  override readonly name = 'LogoutRefusedError';
}

@Injectable()
export class LogoutSender {
  constructor(private readonly outbound: OutboundClient) {}

  /**
   * Nothing that the client answers is read but its status, and no redirect is followed: the token
   * goes where the client registered and nowhere else.
   *
   * @param signal gives the attempt up
   * @throws LogoutRefusedError where the client did not say that it is done
   * @see Back-Channel Logout 1.0 section 2.8: 200, and 204 from frameworks that answer so
   */
  async send(uri: string, logoutToken: string, signal: AbortSignal): Promise<void> {
    let answer: OutboundAnswer;
    try {
      answer = await this.outbound.send(uri, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8' },
        body: new URLSearchParams({ logout_token: logoutToken }).toString(),
        timeoutMs: TIMEOUT_MS,
        // A body without end must not be waited for.
        maxBytes: 0,
        signal,
      });
    } catch (error) {
      if (!isOutboundError(error)) throw error;
      throw new LogoutRefusedError(`it cannot be reached: ${error.message}`, { cause: error });
    }
    if (answer.status !== 200 && answer.status !== 204) {
      throw new LogoutRefusedError(`it answered ${answer.status}`);
    }
  }
}
