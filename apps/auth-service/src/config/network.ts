/** Reads an address or a network in CIDR notation (RFC 4632, RFC 4291 section 2.3). */
import { isIP } from 'node:net';

/** The length of a network's prefix, that of an address being full; null for anything else. */
export function prefixLength(network: string): number | null {
  const [address = '', length, ...rest] = network.split('/');
  const version = isIP(address);
  const full = version === 6 ? 128 : 32;
  // A zone belongs to one host's interfaces, and a length of 0 to everybody.
  if (version === 0 || address.includes('%') || rest.length > 0) return null;
  if (length === undefined) return full;
  return /^[1-9]\d{0,2}$/.test(length) && Number(length) <= full ? Number(length) : null;
}
