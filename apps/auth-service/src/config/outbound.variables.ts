/** The environment variables of what leaves the server: names and networks that may be private. */
import { isIP } from 'node:net';
import { z } from 'zod';
import { isForbiddenAddress } from '../outbound/address.ranges.js';
import { prefixLength } from './network.js';

/** Names and networks of `AUTH_OUTBOUND_ALLOWED_HOSTS`, apart. */
export interface AllowedDestinations {
  readonly hosts: readonly string[];
  readonly networks: readonly string[];
}

// As a URL has it: lower case, punycode, no trailing dot.
const HOST =
  /^(?=.{1,253}(?::|$))[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*(?::\d{1,5})?$/;

/** Both kinds of entries, or null where one is neither, or can never be allowed. */
export function parseAllowedDestinations(value: string): AllowedDestinations | null {
  const entries = value.split(',').map((entry) => entry.trim());
  const networks = entries.filter((entry) => isIP(entry.split('/')[0] ?? '') !== 0);
  const hosts = entries.filter((entry) => !networks.includes(entry));
  const isAllowable = (network: string) => {
    const [address = ''] = network.split('/');
    // The widest private networks are 10.0.0.0/8 and fc00::/7.
    const widest = isIP(address) === 6 ? 7 : 8;
    return (prefixLength(network) ?? 0) >= widest && !isForbiddenAddress(address);
  };
  const isHost = (host: string) => HOST.test(host) && isIP(host.split(':')[0] ?? '') === 0;
  return networks.every(isAllowable) && hosts.every(isHost) ? { hosts, networks } : null;
}

export const OUTBOUND_VARIABLES = {
  AUTH_OUTBOUND_ALLOWED_HOSTS: z
    .string()
    .refine(
      (value) => parseAllowedDestinations(value) !== null,
      'must be names such as keys.internal or keys.internal:8443, or networks such as 10.1.0.0/16, separated by commas; never link-local or metadata addresses',
    )
    .transform((value) => parseAllowedDestinations(value) ?? { hosts: [], networks: [] })
    .optional(),
};
