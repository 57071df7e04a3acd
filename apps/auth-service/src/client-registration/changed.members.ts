/** What a change made different, for the audit: the members and no others, and never a secret. */
import { type Client } from '../client/client.js';
import { type ClientMetadata, metadataOf } from './client-metadata.schema.js';

/** Both sides of a change; a client that was not there has no side before. */
export interface ChangedMembers {
  readonly before: Partial<ClientMetadata>;
  readonly after: Partial<ClientMetadata>;
}

export function changedMembers(before: Client | null, after: Client): ChangedMembers {
  const was: Partial<ClientMetadata> = before === null ? {} : metadataOf(before);
  const is: Partial<ClientMetadata> = metadataOf(after);
  const names = Object.keys(is) as (keyof ClientMetadata)[];
  const changed = names.filter((name) => JSON.stringify(was[name]) !== JSON.stringify(is[name]));
  const pick = (side: Partial<ClientMetadata>) =>
    Object.fromEntries(changed.map((name) => [name, side[name]]));
  return { before: pick(was), after: pick(is) };
}
