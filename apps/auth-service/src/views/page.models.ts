/** What templates are given of clients, accounts and times: ready to be printed. */
import { type Client } from '../client/client.js';
import { isLoopbackHost } from '../client/client-uri.rules.js';
import { type AccountOnPage } from './interaction.pages.js';

const SECONDS_PER_MINUTE = 60;

/** The client's logo, or null where it has none that may be shown: by https, or from this machine. */
export function logoOf({ logoUri }: Pick<Client, 'logoUri'>): string | null {
  if (logoUri === null || !URL.canParse(logoUri)) return null;
  const { protocol, hostname } = new URL(logoUri);
  const shown = protocol === 'https:' || (protocol === 'http:' && isLoopbackHost(hostname));
  return shown ? logoUri : null;
}

/** A client's name, its logo, and what stands in for a logo. */
export function clientModel(client: Pick<Client, 'name' | 'logoUri'>) {
  return { name: client.name, logo: logoOf(client), initial: initialOf(client.name) };
}

/** An account by the name that its owner is called by, or the one typed at sign-in. */
export function accountModel({ name, username }: AccountOnPage) {
  const shown = name ?? username;
  return { name: shown, username, initial: initialOf(shown) };
}

/** Where a person returns to, as they may recognise it. */
export function returnTarget(redirectUri: string): string {
  const { protocol, host } = new URL(redirectUri);
  if (protocol === 'https:') return host;
  return protocol === 'http:' ? 'an application on this device' : protocol.slice(0, -1);
}

/** A waiting time, never shorter than the real one. */
export function waitingTime(seconds: number): string {
  if (seconds < SECONDS_PER_MINUTE) return count(Math.max(1, Math.ceil(seconds)), 'second');
  return count(Math.ceil(seconds / SECONDS_PER_MINUTE), 'minute');
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

function initialOf(name: string): string {
  const [first = ''] = name.trim();
  return first.toUpperCase();
}
