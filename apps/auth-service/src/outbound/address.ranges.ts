/** Which addresses are of the public internet, and which must not be reached whoever allows it. */
import { BlockList, isIP } from 'node:net';

/** A network, as `address/length`. */
type Network = `${string}/${number}`;

/**
 * IPv4 that is not globally reachable.
 * @see IANA IPv4 Special-Purpose Address Registry (RFC 6890)
 */
const SPECIAL_IPV4: readonly Network[] = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  // Azure answers its machines here, on an address that looks public.
  '168.63.129.16/32',
];

/** All of IPv6 that is handed out to networks (RFC 4291 section 2.4); the rest is for other purposes. */
const GLOBAL_IPV6: readonly Network[] = ['2000::/3'];

/** Of that: Teredo and other protocols, examples, and 6to4, which holds any IPv4 address. */
const SPECIAL_IPV6: readonly Network[] = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

/**
 * Where the secrets of the machine itself are to be had (metadata services), where nobody single is
 * meant (multicast, broadcast, unspecified), and IPv4 in the clothes of IPv6, which no rule about IPv4
 * would see: mapped, compatible, NAT64, 6to4.
 */
const FORBIDDEN_IPV4: readonly Network[] = [
  '0.0.0.0/8',
  '169.254.0.0/16',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '100.100.100.200/32',
  '168.63.129.16/32',
  '192.0.0.192/32',
];
const FORBIDDEN_IPV6: readonly Network[] = [
  '::ffff:0:0/96',
  '::ffff:0:0:0/96',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '2001::/32',
  '2002::/16',
  'fe80::/10',
  'fec0::/10',
  'ff00::/8',
  'fd00:ec2::254/128',
  'fd20:ce::254/128',
];

/** Addresses of either version; each is compared with networks of its own version alone. */
export class Networks {
  private readonly byVersion = { 4: new BlockList(), 6: new BlockList() };

  /** @param networks addresses, or networks in CIDR notation, of the right form */
  constructor(networks: readonly string[]) {
    for (const network of networks) {
      const [address = '', length] = network.split('/');
      const version = isIP(address) === 6 ? 6 : 4;
      const prefix = length === undefined ? { 4: 32, 6: 128 }[version] : Number(length);
      this.byVersion[version].addSubnet(address, prefix, `ipv${version}`);
    }
  }

  has(address: string): boolean {
    const version = isIP(address);
    return (
      (version === 4 || version === 6) && this.byVersion[version].check(address, `ipv${version}`)
    );
  }
}

const SPECIAL = new Networks([...SPECIAL_IPV4, ...SPECIAL_IPV6]);
const GLOBAL = new Networks(GLOBAL_IPV6);
const FORBIDDEN = new Networks([...FORBIDDEN_IPV4, ...FORBIDDEN_IPV6]);
const LOOPBACK = new Networks(['127.0.0.0/8', '::1/128']);

// What RFC 4291 section 2.5.5.1 calls compatible would take the loopback address with it as a network.
const COMPATIBLE = /^::(?!1$)/;

/** Whether anybody on the internet means the same machine by this address. */
export function isPublicAddress(address: string): boolean {
  if (isForbiddenAddress(address) || SPECIAL.has(address)) return false;
  return isIP(address) === 4 || GLOBAL.has(address);
}

/** Whether no configuration may allow it. Whatever is not a plain address is. */
export function isForbiddenAddress(address: string): boolean {
  if (isIP(address) === 0 || address.includes('%')) return true;
  const isCompatible = isIP(address) === 6 && COMPATIBLE.test(normalized(address));
  return isCompatible || FORBIDDEN.has(address);
}

/** Whether it is this machine's own. */
export function isLoopbackAddress(address: string): boolean {
  return LOOPBACK.has(address);
}

// One spelling: an address comes as its owner's name server or resolver wrote it.
function normalized(ipv6: string): string {
  return new URL(`http://[${ipv6}]`).hostname.slice(1, -1);
}
