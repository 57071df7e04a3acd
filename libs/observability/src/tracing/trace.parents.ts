/** Whose word about the trace of a request is taken: with it goes whether the request is recorded. */
import { BlockList, isIPv4 } from 'node:net';

/** The networks of callers that belong to the same operator. */
export class TraceParents {
  private readonly networks = new BlockList();

  /** @param networks such as `10.0.0.0/8` */
  constructor(networks: readonly string[]) {
    for (const network of networks) {
      const [address = '', prefix = ''] = network.split('/');
      this.networks.addSubnet(address, Number(prefix), isIPv4(address) ? 'ipv4' : 'ipv6');
    }
  }

  /** @param address of the connection itself; what a header says of it does not count */
  has(address: string | undefined): boolean {
    if (address === undefined) return false;
    const plain = address.replace(/^::ffff:(?=[\d.]+$)/i, '');
    return this.networks.check(plain, isIPv4(plain) ? 'ipv4' : 'ipv6');
  }
}
