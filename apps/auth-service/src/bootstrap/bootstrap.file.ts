/** Reads a bootstrap file: substitutes the environment, checks everything, resolves the secrets. */
import { createHash } from 'node:crypto';
import { parseScope } from '@keyward/oauth';
import { ConfigurationError } from '../config/configuration.error.js';
import { findSecretProblem, isProduction } from '../config/production.rules.js';
import { type Resource } from '../resource/resource.js';
import { type BootstrapDocument, bootstrapSchema } from './bootstrap.schema.js';
import { type DeclaredClient } from './bootstrap.store.js';

/** What a deployment declares. */
export interface Bootstrap {
  readonly resources: readonly Resource[];
  readonly clients: readonly DeclaredClient[];
}

/**
 * The declarations of a bootstrap file. A string may hold `${NAME}` or `${NAME:-default}`; a secret
 * is only ever named, so that the file can be committed.
 *
 * @throws ConfigurationError listing every problem
 */
export function parseBootstrap(text: string, environment: NodeJS.ProcessEnv): Bootstrap {
  const problems: string[] = [];
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new ConfigurationError(['AUTH_BOOTSTRAP_FILE is not JSON']);
  }
  const parsed = bootstrapSchema.safeParse(substitute(json, environment, problems));
  for (const issue of parsed.error?.issues ?? []) {
    problems.push(`AUTH_BOOTSTRAP_FILE: ${issue.path.join('.')}: ${issue.message}`);
  }
  if (!parsed.success) throw new ConfigurationError(problems);

  const { resources, clients } = parsed.data;
  problems.push(...findReferenceProblems(parsed.data));
  const declared = clients.map((client): DeclaredClient => {
    const secret = readSecret(client.client_id, client.client_secret.env, environment, problems);
    return {
      clientId: client.client_id,
      name: client.name,
      logoUri: null,
      applicationType: 'web',
      authenticationMethod: client.token_endpoint_auth_method,
      secretSha256: createHash('sha256').update(secret).digest(),
      jwks: null,
      jwksUri: null,
      grantTypes: client.grant_types,
      scopes: parseScope(client.scope) ?? [],
      redirectUris: [],
      postLogoutRedirectUris: [],
      backchannelLogoutUri: null,
      corsOrigins: [],
      requirePushedRequests: false,
      firstParty: false,
      refreshProfile: 'confidential',
      ownResource: client.own_resource ?? null,
    };
  });
  if (problems.length > 0) throw new ConfigurationError(problems);
  return { resources, clients: declared };
}

function substitute(value: unknown, environment: NodeJS.ProcessEnv, problems: string[]): unknown {
  if (typeof value === 'string') {
    return value.replace(/\$\{(\w+)(?::-([^}]*))?\}/g, (_, name: string, fallback?: string) => {
      // As in a shell, `:-` also replaces an empty variable.
      const found = environment[name] || fallback;
      if (found === undefined) problems.push(`AUTH_BOOTSTRAP_FILE needs the variable ${name}`);
      return found ?? '';
    });
  }
  if (Array.isArray(value)) return value.map((item) => substitute(item, environment, problems));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, substitute(item, environment, problems)]),
    );
  }
  return value;
}

function findReferenceProblems({ resources, clients }: BootstrapDocument): string[] {
  const problems: string[] = [];
  const identifiers = resources.map((resource) => resource.identifier);
  const offered = new Set(resources.flatMap((resource) => resource.scopes));
  for (const twice of findRepeated(identifiers)) {
    problems.push(`AUTH_BOOTSTRAP_FILE declares the resource ${twice} twice`);
  }
  for (const twice of findRepeated(clients.map((client) => client.client_id))) {
    problems.push(`AUTH_BOOTSTRAP_FILE declares the client ${twice} twice`);
  }
  for (const client of clients) {
    for (const token of parseScope(client.scope) ?? []) {
      if (!offered.has(token)) {
        problems.push(`client ${client.client_id}: no resource offers the scope ${token}`);
      }
    }
    if (client.own_resource !== undefined && !identifiers.includes(client.own_resource)) {
      problems.push(`client ${client.client_id}: own_resource is not a declared resource`);
    }
  }
  return problems;
}

function findRepeated(values: readonly string[]): string[] {
  return [...new Set(values.filter((value, index) => values.indexOf(value) !== index))];
}

function readSecret(
  clientId: string,
  variable: string,
  environment: NodeJS.ProcessEnv,
  problems: string[],
): string {
  const secret = environment[variable] ?? '';
  const name = `${variable}, the secret of client ${clientId},`;
  if (secret === '') {
    problems.push(`${name} is not set`);
  } else if (!/^[\x20-\x7e]+$/.test(secret)) {
    problems.push(`${name} must be printable ASCII (RFC 6749 appendix A.2)`);
  } else if (isProduction(environment)) {
    const problem = findSecretProblem(name, secret);
    if (problem !== null) problems.push(problem);
  }
  return secret;
}
