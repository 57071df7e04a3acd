/** Sends access tokens with messages to microservices over TCP and Redis. */

/** The part of Nest's ClientProxy that this needs, from Nest 12 on. */
export interface DispatchingClient {
  setOnDispatchHook(hook: (packet: DispatchedPacket) => void): void;
}

/** A packet on its way out. */
export interface DispatchedPacket {
  readonly data: unknown;
  metadata?: Record<string, string>;
}

const tokens = new WeakMap<object, string>();

/**
 * Lets `client` send what `authorized` noted. Call it once for each client; a hook that was set
 * before is replaced, as by `setOnDispatchHook` itself.
 */
export function carryAccessTokens(client: DispatchingClient): void {
  client.setOnDispatchHook((packet) => {
    const token =
      typeof packet.data === 'object' && packet.data !== null && tokens.get(packet.data);
    if (typeof token !== 'string') return;
    packet.metadata = { ...packet.metadata, authorization: `Bearer ${token}` };
  });
}

/**
 * Notes the token with which `data` is to be sent: `client.send('orders.find', authorized({ id }, token))`.
 * The payload that the handler gets is unchanged; the token travels in the packet's metadata.
 *
 * @returns a shallow copy of `data`, so that two messages with one payload may have two tokens
 */
export function authorized<T extends object>(data: T, token: string): T {
  const copy = (Array.isArray(data) ? [...data] : { ...data }) as T;
  tokens.set(copy, token);
  return copy;
}
