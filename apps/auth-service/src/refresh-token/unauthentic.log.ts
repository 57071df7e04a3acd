/** Tells the operator of texts that are no refresh tokens, a line now and then however many come. */
import { Injectable, Logger } from '@nestjs/common';

/** One line in this time at most. */
export const UNAUTHENTIC_LOG_INTERVAL_MS = 10_000;

/** Whoever makes up tokens must not fill the log with them. */
@Injectable()
export class UnauthenticTokenLog {
  private readonly logger = new Logger('RefreshToken');
  private unlogged = 0;
  private loggedAtMs = -Infinity;

  /** @param clientId who presented it; the text itself is told to nobody */
  note(clientId: string): void {
    this.unlogged += 1;
    const now = performance.now();
    if (now - this.loggedAtMs < UNAUTHENTIC_LOG_INTERVAL_MS) return;
    this.loggedAtMs = now;
    this.logger.warn(
      `${this.unlogged} text(s) that are no refresh token, the last one of client ${clientId}`,
    );
    this.unlogged = 0;
  }
}
