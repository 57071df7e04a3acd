/** Writes times as a person reads them: in their own zone, where the account names one. */
import { type Account } from '../account/account.js';

/** For a `<time>`. */
export interface TimeOnPage {
  /** ISO 8601, UTC. */
  readonly iso: string;
  /** Day, hour and minute, with the zone. */
  readonly words: string;
}

/** How the times of one person are written. An account whose zone nobody knows has UTC. */
export function timesFor({ zoneinfo }: Pick<Account, 'zoneinfo'>): (time: Date) => TimeOnPage {
  const format = formatIn(zoneinfo ?? 'UTC') ?? formatIn('UTC');
  return (time) => ({
    iso: time.toISOString(),
    words: format?.format(time) ?? time.toISOString(),
  });
}

function formatIn(timeZone: string): Intl.DateTimeFormat | null {
  try {
    return new Intl.DateTimeFormat('en-GB', {
      day: 'numeric',
      month: 'long',
      year: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      timeZoneName: 'short',
      timeZone,
    });
  } catch {
    return null;
  }
}
