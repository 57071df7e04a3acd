/** The address from which a client asks, in the one spelling that is recorded and compared. */
import { isIP, isIPv4 } from 'node:net';
import { type FastifyRequest } from 'fastify';

/**
 * The peer's address, or what a trusted proxy says in `X-Forwarded-For` (`AUTH_TRUSTED_PROXIES`).
 * Where a proxy says something that is no address, it is the proxy's own: everybody behind it then
 * shares one brake, which is safer than a brake for each invention.
 */
export function clientAddressOf(request: FastifyRequest): string {
  return canonicalAddress(request.ip) ?? canonicalAddress(request.socket.remoteAddress ?? '') ?? '';
}

/** @returns null for what is no IP address; a port, as some proxies add it, is taken off */
export function canonicalAddress(text: string): string | null {
  if (isIPv4(text)) return text;
  const bracketed = /^\[([^\]]*)\](?::\d{1,5})?$/.exec(text)?.[1];
  const withoutPort = /^(\d+\.\d+\.\d+\.\d+):\d{1,5}$/.exec(text)?.[1];
  const address = (bracketed ?? withoutPort ?? text).replace(/%.*$/, '').toLowerCase();
  const version = isIP(address);
  if (version === 0) return null;
  if (version === 4) return address;
  // The URL parser writes IPv6 as RFC 5952 says, but for IPv4 in it: ::ffff:7f00:1.
  const compressed = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const mapped = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/.exec(compressed);
  if (mapped === null) return compressed;
  const bits = (parseInt(mapped[1] ?? '', 16) << 16) | parseInt(mapped[2] ?? '', 16);
  return [24, 16, 8, 0].map((shift) => (bits >>> shift) & 0xff).join('.');
}
