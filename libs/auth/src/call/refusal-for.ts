/** Makes of a refusal what a handler's transport shows to its client as it is. */
import { type ExecutionContext } from '@nestjs/common';
import { type BearerError } from '../bearer/bearer.errors.js';
import { graphqlRefusal } from '../graphql/graphql-refusal.js';
import { connectionOf } from '../websocket/socket-connections.js';
import { refusalMessage } from './refusal-message.js';

/** What a guard throws in this context, so that its transport shows it to the client as it is. */
export function refusalFor(error: BearerError, context: ExecutionContext): Error {
  switch (context.getType<string>()) {
    case 'graphql':
      return graphqlRefusal(error, refusalMessage(error), context.getArgs());
    case 'ws':
      return connectionOf(context.getArgByIndex(0))?.refuse(error) ?? error;
    default:
      return error;
  }
}
