/** The time by which sessions idle and expire; tests turn it. */
import { Injectable } from '@nestjs/common';

@Injectable()
export class SessionClock {
  now(): Date {
    return new Date();
  }
}
