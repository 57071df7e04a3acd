/** Reads the file of `keyward apply`: resources and clients, complete, by the rules that the server has. */
import { z } from 'zod';
import { type ResourceDocument, resourceSchema } from '../../bootstrap/bootstrap.schema.js';
import { findClientProblems } from '../../bootstrap/client.rules.js';
import {
  type ClientMetadata,
  clientMetadataSchema,
  documentOf,
  metadataOf,
} from '../../client-registration/client-metadata.schema.js';
import { declareClient } from '../../bootstrap/declared.client.js';
import { findResourceProblems } from '../../bootstrap/resource.rules.js';
import { CommandUsageError } from '../command.error.js';
import { parseYaml } from '../yaml.input.js';

/** A client as the file wants it, every default filled in. */
export type WantedClient = ClientMetadata & { readonly client_id: string };

/** What a file wants. */
export interface Declarations {
  readonly resources: readonly ResourceDocument[];
  readonly clients: readonly WantedClient[];
}

const fileSchema = z.strictObject({
  resources: z.array(resourceSchema).default([]),
  clients: z.array(clientMetadataSchema.required({ client_id: true })).default([]),
});

/** What only the server can know is its to say: the most that a deployment may allow is asked for here. */
const ANY_DEPLOYMENT = { production: false, mutualTls: true };

/** @throws CommandUsageError naming every problem, before anything is done */
export function readDeclarations(source: string, path: string): Declarations {
  const result = fileSchema.safeParse(parseYaml(source, path));
  if (!result.success) {
    const problems = result.error.issues.map((i) => `${i.path.join('.') || path}: ${i.message}`);
    throw new CommandUsageError(problems.join('\n'));
  }
  const { resources, clients } = result.data;
  const ids = [
    ...resources.map(({ identifier }) => `resource ${identifier}`),
    ...clients.map(({ client_id: id }) => `client ${id}`),
  ];
  const problems = [
    ...(ids.length === 0 ? [`${path} names nothing`] : []),
    ...ids.filter((id, i) => ids.indexOf(id) !== i).map((id) => `${id} stands in it twice`),
    ...resources.flatMap((resource) =>
      findResourceProblems(resource, ANY_DEPLOYMENT.production).map(
        (problem) => `resource ${resource.identifier}: ${problem}`,
      ),
    ),
    ...clients.flatMap((client) =>
      findClientProblems(documentOf(client, client.client_id), ANY_DEPLOYMENT).map(
        (problem) => `client ${client.client_id}: ${problem}`,
      ),
    ),
  ];
  if (problems.length > 0) throw new CommandUsageError(problems.join('\n'));
  return { resources, clients: clients.map(complete) };
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
