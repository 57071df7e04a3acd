/** The keys under which attempts are counted. */
import { createHash } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { type SignInSource } from './sign-in.brake.js';

/** The keys of an attempt. Hashed: a username may be a password in the wrong field. */
export function signInKeys({ username, address }: SignInSource): {
  readonly account: string;
  readonly address: string;
} {
  return {
    account: `account:${digest(username)}`,
    address: `address:${digest(addressBlock(address))}`,
  };
}

/**
 * What one subscriber has: an IPv4 address, an IPv6 /64.
 * @see RFC 6177 section 2: a site gets a /64 at least, so that anybody has 2^64 addresses
 */
export function addressBlock(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.toLowerCase().replace(/%.*$/, '').split('::');
  const left = head === '' ? [] : head.split(':');
  // An IPv4 address at the end stands for two groups.
  const right = tail ? tail.split(':') : [];
  const rightLength = right.length + (tail?.includes('.') ? 1 : 0);
  const zeros = tail === undefined ? 0 : 8 - left.length - rightLength;
  const groups = [...left, ...Array<string>(zeros).fill('0'), ...right].slice(0, 4);
  return `${groups.map((group) => parseInt(group, 16).toString(16)).join(':')}::/64`;
}

function digest(value: string): string {
  return createHash('sha256').update(value).digest('base64url');
}
