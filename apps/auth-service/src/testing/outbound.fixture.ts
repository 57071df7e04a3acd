/** The client for URLs of others, as development has it: this machine may be asked. */
import { OutboundClient, SystemNameResolver } from '../outbound/outbound.client.js';
import { OutboundPolicy } from '../outbound/outbound.policy.js';

export function loopbackOutbound(): OutboundClient {
  const rules = { allowedHosts: [], allowedNetworks: [], allowLoopback: true };
  return new OutboundClient(new OutboundPolicy(rules), new SystemNameResolver());
}
