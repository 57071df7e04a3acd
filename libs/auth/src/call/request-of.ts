/** Finds what stands for the HTTP request where a handler is called over another transport. */
import { type ExecutionContext } from '@nestjs/common';
import { graphqlRequest } from '../graphql/graphql-request.js';
import { rpcRequest } from '../rpc/rpc-request.js';
import { connectionOf } from '../websocket/socket-connections.js';
import { type CallRequest } from './call-request.js';

/**
 * The request of a call. It is the same object for every guard and decorator of one call; over a
 * socket, for every call of one connection.
 *
 * @returns undefined for a kind of context that is not known, and for one that brings nothing in
 *   which credentials could be looked for: neither may be let through
 */
export function requestOf(context: ExecutionContext): CallRequest | undefined {
  switch (context.getType<string>()) {
    case 'http':
      return context.getArgByIndex<CallRequest>(0);
    case 'graphql':
      return graphqlRequest(context.getArgs());
    case 'rpc':
      return rpcRequest(context.getArgByIndex(1));
    case 'ws':
      return connectionOf(context.getArgByIndex(0))?.request;
    default:
      return undefined;
  }
}
