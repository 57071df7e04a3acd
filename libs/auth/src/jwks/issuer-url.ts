/** Which URLs of an issuer may be used: https, or http where nothing can listen in between. */

/**
 * Checks a URL that keys, metadata or revocations come from, or that a secret goes to.
 *
 * @param insecureHttp allow http to hosts that are not this machine: spelled out, for networks that
 *   nobody else is on
 * @throws TypeError for anything but https, or http to a loopback address
 * @see RFC 8414 section 6.1, RFC 8252 section 7.3 for loopback
 */
export function checkKeyUrl(url: string, insecureHttp: boolean): string {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    throw new TypeError(`${JSON.stringify(url)} is not a URL`);
  }
  if (parsed.username !== '' || parsed.password !== '') {
    throw new TypeError(`an issuer's URL must not hold credentials: ${parsed.host}`);
  }
  if (parsed.protocol === 'https:') return url;
  if (parsed.protocol === 'http:' && (insecureHttp || isLoopback(parsed.hostname))) return url;
  throw new TypeError(
    `${parsed.href} is not https: whoever is on the way could answer in the issuer's place. ` +
      'Use https, or set `insecureHttp: true` for a network that nobody else is on.',
  );
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
