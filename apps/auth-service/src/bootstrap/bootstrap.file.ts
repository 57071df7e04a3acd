/** Reads a bootstrap file: substitutes the environment, checks everything, resolves the secrets. */
import { type AccountDeclaration } from '../account/account.store.js';
import { type AuthorizationDetailsType } from '../authorization-details/authorization-details-type.js';
import { findSchemaProblem } from '../authorization-details/authorization-details.schema.js';
import { ConfigurationError } from '../config/configuration.error.js';
import { isProduction } from '../config/production.rules.js';
import { isMutualTlsConfigured } from '../config/tls.variables.js';
import { type Resource } from '../resource/resource.js';
import { type DeclaredUpstream } from '../upstream/upstream.registration.js';
import { type AccountDocument } from './account.schema.js';
import { findReferenceProblems } from './bootstrap.references.js';
import { bootstrapSchema } from './bootstrap.schema.js';
import {
  type DeclaredClient,
  type DeclaredGroup,
  type DeclaredPartner,
} from './bootstrap.store.js';
import { findClientProblems } from './client.rules.js';
import { declareClient } from './declared.client.js';
import { DeclaredSecrets } from './declared.secrets.js';
import { declareResource } from './declared.resource.js';
import { declarePartner } from './declared.partner.js';
import { declareUpstream } from './declared.upstream.js';
import { findResourceEncryptionProblems } from './encryption.rules.js';
import { findPartnerProblems } from './partner.rules.js';
import { findUpstreamProblems } from './upstream.rules.js';
import { substituteVariables } from './variable.substitution.js';

/** An account with its password, in the clear for as long as it takes to hash it. */
export interface DeclaredAccount {
  readonly account: AccountDeclaration;
  readonly password: string;
}

/** What a deployment declares. */
export interface Bootstrap {
  readonly resources: readonly Resource[];
  readonly clients: readonly DeclaredClient[];
  readonly accounts: readonly DeclaredAccount[];
  readonly partners: readonly DeclaredPartner[];
  readonly groups: readonly DeclaredGroup[];
  readonly upstreams: readonly DeclaredUpstream[];
  readonly authorizationDetailsTypes: readonly AuthorizationDetailsType[];
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
  const parsed = bootstrapSchema.safeParse(substituteVariables(json, environment, problems));
  for (const issue of parsed.error?.issues ?? []) {
    problems.push(`AUTH_BOOTSTRAP_FILE: ${issue.path.join('.')}: ${issue.message}`);
  }
  if (!parsed.success) throw new ConfigurationError(problems);

  const { resources, clients, accounts, partners, groups, upstreams } = parsed.data;
  const { authorization_details_types: types } = parsed.data;
  problems.push(...findReferenceProblems(parsed.data));
  const production = isProduction(environment);
  const mutualTls = isMutualTlsConfigured(environment);
  for (const client of clients) {
    const found = findClientProblems(client, { production, mutualTls });
    problems.push(...found.map((problem) => `client ${client.client_id}: ${problem}`));
  }
  for (const resource of resources) {
    const found = findResourceEncryptionProblems(resource, production);
    problems.push(...found.map((problem) => `resource ${resource.identifier}: ${problem}`));
  }
  for (const partner of partners) {
    const found = findPartnerProblems(partner, parsed.data, production);
    problems.push(...found.map((problem) => `partner ${partner.partner_id}: ${problem}`));
  }
  for (const upstream of upstreams) {
    const found = findUpstreamProblems(upstream, production);
    problems.push(...found.map((problem) => `upstream ${upstream.id}: ${problem}`));
  }
  for (const { type, schema } of types) {
    const problem = findSchemaProblem(schema);
    if (problem !== null) problems.push(`authorization details type ${type}: schema: ${problem}`);
  }
  const secrets = new DeclaredSecrets(environment);
  const declared = {
    resources: resources.map(declareResource),
    clients: clients.map((client) => {
      const { client_id: id, client_secret: named } = client;
      const secret = named === undefined ? null : secrets.ofClient(id, named.env);
      return declareClient(client, secret);
    }),
    accounts: accounts.map((account) => declareAccount(account, secrets)),
    partners: partners.map(declarePartner),
    upstreams: upstreams.map((upstream) => declareUpstream(upstream, secrets)),
    groups: groups.map(({ name, required_acr }) => ({ name, requiredAcr: required_acr })),
    authorizationDetailsTypes: types.map((type) => ({
      ...type,
      description: type.description ?? null,
    })),
  };
  problems.push(...secrets.problems);
  if (problems.length > 0) throw new ConfigurationError(problems);
  return declared;
}

function declareAccount(account: AccountDocument, secrets: DeclaredSecrets): DeclaredAccount {
  return {
    account: {
      accountId: account.account_id,
      username: account.username,
      name: account.name ?? null,
      givenName: account.given_name ?? null,
      familyName: account.family_name ?? null,
      picture: account.picture ?? null,
      locale: account.locale ?? null,
      zoneinfo: account.zoneinfo ?? null,
      email: account.email ?? null,
      emailVerified: account.email_verified,
      phoneNumber: account.phone_number ?? null,
      phoneNumberVerified: account.phone_number_verified,
      address: account.address ?? null,
      groups: account.groups,
    },
    password: secrets.ofAccount(account.username, account.password.env),
  };
}
