/** The addresses and networks of the proxies whose word is taken. */
import { BlockList, isIP } from 'node:net';

/** Tells a trusted proxy by the address of the connection itself, never by what a header says. */
export class TrustedPeers {
  readonly #networks = new BlockList();

  /**
   * @param networks addresses, and networks in CIDR notation
   * @throws TypeError for anything else, and for a network that holds everybody
   */
  constructor(networks: readonly string[]) {
    for (const network of networks) {
      const [address = '', length, ...rest] = network.split('/');
      const version = isIP(address);
      const full = version === 6 ? 128 : 32;
      const bits = length === undefined ? full : Number(length);
      const isLength = length === undefined || /^[1-9]\d{0,2}$/.test(length);
      if (version === 0 || rest.length > 0 || !isLength || bits > full || address.includes('%')) {
        throw new TypeError(`not an address or a network such as 10.0.0.0/8: ${network}`);
      }
      this.#networks.addSubnet(address, bits, version === 6 ? 'ipv6' : 'ipv4');
    }
  }

  /** @param address as a socket has it: an IPv4 address may stand in IPv6 notation */
  has(address: string | undefined): boolean {
    if (address === undefined) return false;
    const plain = address.replace(/%.*$/, '');
    const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(plain)?.[1];
    const version = isIP(mapped ?? plain);
    if (version === 0) return false;
    return this.#networks.check(mapped ?? plain, version === 6 ? 'ipv6' : 'ipv4');
  }
}
