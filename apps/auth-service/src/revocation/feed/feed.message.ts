/** Writes the feed's messages as server-sent events (HTML standard, section 9.2). */
import {
  type FeedHeartbeat,
  type FeedPlace,
  type FeedStart,
  type RevocationEvent,
} from '@keyward/oauth';
import { type PositionedRevocation } from '../revocation.js';

/** What the follower goes on from; it carries no `id`, for nothing was read by then. */
export function startMessage(position: number): string {
  const data: FeedStart = { position };
  return `event: start\ndata: ${JSON.stringify(data)}\n\n`;
}

/** @param previous the position of the message before */
export function revocationMessage(revocation: PositionedRevocation, previous: number): string {
  return message('revocation', revocationEvent(revocation, previous));
}

/** What every feed says of a revocation. */
export function revocationEvent(
  { kind, value, iatBefore, expiresAt, position }: PositionedRevocation,
  previous: number,
): RevocationEvent {
  return {
    kind,
    value,
    ...(iatBefore === null ? {} : { iat_before: iatBefore }),
    exp: Math.ceil(expiresAt.getTime() / 1000),
    position,
    previous,
  };
}

/** @param place nothing that concerns the follower stands up to its position and was not sent */
export function heartbeatMessage(place: FeedHeartbeat): string {
  return message('heartbeat', place);
}

// JSON has no line break, so one `data:` line holds it.
function message(event: string, data: FeedPlace): string {
  return `event: ${event}\nid: ${data.position}\ndata: ${JSON.stringify(data)}\n\n`;
}
