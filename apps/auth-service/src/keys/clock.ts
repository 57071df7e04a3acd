/** The time by which keys sign; tests turn it. */
import { Injectable } from '@nestjs/common';

@Injectable()
export class Clock {
  /** Milliseconds since the epoch. */
  nowMs(): number {
    return Date.now();
  }
}
