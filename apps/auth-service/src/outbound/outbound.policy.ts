/** Which URLs of others this server asks, and at which addresses: the one place that decides it. */
import { isIP } from 'node:net';
import {
  isForbiddenAddress,
  isLoopbackAddress,
  isPublicAddress,
  Networks,
} from './address.ranges.js';

/** What an operator allows beyond the public internet. */
export interface OutboundRules {
  /** Names, with or without a port, whose addresses may be private. */
  readonly allowedHosts: readonly string[];
  /** Private networks that any name may lead into. */
  readonly allowedNetworks: readonly string[];
  /** Whether this machine may be asked, by http too: for development. */
  readonly allowLoopback: boolean;
}

/** The URL is not one that this server asks; the message says why, and is for the operator. */
export class OutboundRefusedError extends Error {
  override readonly name = 'OutboundRefusedError';
}

// Below these are services that were never meant to be asked by others; 443 is where https is.
const FIRST_UNPRIVILEGED_PORT = 1024;
const HTTPS_PORT = '443';

export class OutboundPolicy {
  private readonly allowedHosts: ReadonlySet<string>;
  private readonly allowedNetworks: Networks;

  constructor(private readonly rules: OutboundRules) {
    this.allowedHosts = new Set(rules.allowedHosts);
    this.allowedNetworks = new Networks(rules.allowedNetworks);
  }

  /**
   * The URL, where its form allows to ask it. The parser has written the host in its one spelling by
   * then: decimal, octal and hexadecimal addresses are dotted, other alphabets are punycode.
   *
   * @throws OutboundRefusedError for every other one
   */
  admit(value: string): URL {
    if (!URL.canParse(value)) throw new OutboundRefusedError('it is not an absolute URL');
    const url = new URL(value);
    const { protocol, username, password, hostname } = url;
    if (username !== '' || password !== '') {
      throw new OutboundRefusedError('it has user information');
    }
    if (hostname.endsWith('.')) throw new OutboundRefusedError('its host ends with a dot');
    const isHttpHere = protocol === 'http:' && this.rules.allowLoopback && isLoopbackName(hostname);
    if (protocol !== 'https:' && !isHttpHere) {
      throw new OutboundRefusedError('it is neither https nor on a machine that is developed on');
    }
    if (!this.isAllowedPort(url))
      throw new OutboundRefusedError(`port ${url.port} is not for https`);
    return url;
  }

  /**
   * Asks about everything that a host's name means: one address that is not allowed is enough, or
   * whoever keeps the name would only have to ask often enough.
   *
   * @throws OutboundRefusedError unless each address may be asked
   */
  checkAddresses(url: URL, addresses: readonly string[]): void {
    if (addresses.length === 0) throw new OutboundRefusedError('its host has no address');
    const mayBePrivate = this.isAllowedHost(url);
    const refused = addresses.find((address) => !this.mayAsk(address, mayBePrivate));
    if (refused === undefined) return;
    throw new OutboundRefusedError(
      `its host is at ${refused}, which is not an address of the public internet ` +
        '(AUTH_OUTBOUND_ALLOWED_HOSTS allows private ones)',
    );
  }

  private mayAsk(address: string, mayBePrivate: boolean): boolean {
    if (isForbiddenAddress(address)) return false;
    if (isPublicAddress(address) || mayBePrivate) return true;
    if (this.rules.allowLoopback && isLoopbackAddress(address)) return true;
    return this.allowedNetworks.has(address);
  }

  private isAllowedHost({ hostname, port }: URL): boolean {
    return (
      this.allowedHosts.has(hostname) || this.allowedHosts.has(`${hostname}:${port || HTTPS_PORT}`)
    );
  }

  private isAllowedPort(url: URL): boolean {
    const { port } = url;
    return port === '' || Number(port) >= FIRST_UNPRIVILEGED_PORT || this.isAllowedHost(url);
  }
}

/** The host of a URL as an address, where it is one; IPv6 without its brackets. */
export function literalAddressOf({ hostname }: URL): string | null {
  const bare = hostname.replace(/^\[|\]$/g, '');
  return isIP(bare) === 0 ? null : bare;
}

function isLoopbackName(hostname: string): boolean {
  return hostname === 'localhost' || isLoopbackAddress(hostname.replace(/^\[|\]$/g, ''));
}
