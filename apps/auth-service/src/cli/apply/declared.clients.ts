/** Reads the file of `keyward apply`: every client in it, complete, by the rules that the server has. */
import { z } from 'zod';
import { findClientProblems } from '../../bootstrap/client.rules.js';
import {
  type ClientMetadata,
  clientMetadataSchema,
  documentOf,
  metadataOf,
} from '../../client-registration/client-metadata.schema.js';
import { declareClient } from '../../bootstrap/declared.client.js';
import { CommandUsageError } from '../command.error.js';
import { parseYaml } from '../yaml.input.js';

/** A client as the file wants it, every default filled in. */
export type WantedClient = ClientMetadata & { readonly client_id: string };

const fileSchema = z.strictObject({
  clients: z.array(clientMetadataSchema.required({ client_id: true })).min(1),
});

/** What only the server can know is its to say: the most that a deployment may allow is asked for here. */
const ANY_DEPLOYMENT = { production: false, mutualTls: true };

/** @throws CommandUsageError naming every problem, before anything is done */
export function readDeclaredClients(source: string, path: string): readonly WantedClient[] {
  const result = fileSchema.safeParse(parseYaml(source, path));
  if (!result.success) {
    const problems = result.error.issues.map((i) => `${i.path.join('.') || path}: ${i.message}`);
    throw new CommandUsageError(problems.join('\n'));
  }
  const { clients } = result.data;
  const ids = clients.map(({ client_id: id }) => id);
  const problems = [
    ...ids.filter((id, i) => ids.indexOf(id) !== i).map((id) => `${id} stands in it twice`),
    ...clients.flatMap((client) =>
      findClientProblems(documentOf(client, client.client_id), ANY_DEPLOYMENT).map(
        (problem) => `${client.client_id}: ${problem}`,
      ),
    ),
  ];
  if (problems.length > 0) throw new CommandUsageError(problems.join('\n'));
  return clients.map(complete);
}

/** As the server would answer it, so that what it adds of itself is no difference. */
function complete(client: WantedClient): WantedClient {
  const declared = declareClient(documentOf(client, client.client_id), null);
  const answered = metadataOf({
    ...declared,
    previousSecretSha256: null,
    previousSecretUntil: null,
    source: 'api',
    disabledAt: null,
  });
  // As it travels: what is undefined is not there.
  return JSON.parse(JSON.stringify(answered)) as WantedClient;
}
