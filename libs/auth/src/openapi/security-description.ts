/** Writes into an OpenAPI document what the access decorators ask for, so that no scope is written twice. */
import { type INestApplicationContext } from '@nestjs/common';
import { openidConfigurationUri } from '@keyward/oauth';
import { scopesOf, type AccessPolicy } from '../access/access-policy.js';
import { AUTH_OPTIONS, type AuthModuleOptions } from '../auth.options.js';
import { cookieRequirement, cookieSchemes } from './cookie-security.js';
import {
  operationsOf,
  type OpenApiDocument,
  type SecurityRequirement,
} from './openapi-document.js';
import {
  defaultOperationId,
  OperationPolicies,
  type OperationIdFactory,
} from './operation-policies.js';

/** How a client gets tokens of one issuer, for a page that is to get them itself. */
export interface TokenFlows {
  /** For client credentials, and for codes where there is an `authorizationUrl` too. */
  readonly tokenUrl: string;
  readonly authorizationUrl?: string;
}

/** What `describeSecurity` cannot find out by itself. */
export interface SecurityDescriptionOptions {
  /** The `operationIdFactory` that the document was made with. Default: that of @nestjs/swagger. */
  readonly operationIdFactory?: OperationIdFactory;
  /** By issuer. An issuer without is described by where its OpenID configuration is. */
  readonly flows?: Readonly<Record<string, TokenFlows>>;
}

/**
 * Gives the document a security scheme for each trusted issuer, and one for tokens in a cookie where
 * these are taken; every operation gets the requirement of its handler's decorators, the answers that
 * come with it and, where it has no summary, one that says the scopes. Public operations say that they
 * want nothing.
 *
 * ```ts
 * const document = SwaggerModule.createDocument(app, config);
 * describeSecurity(app, document);
 * ```
 *
 * @throws UnmatchedOperationError for an operation whose handler cannot be told
 */
export function describeSecurity(
  app: INestApplicationContext,
  document: OpenApiDocument,
  options: SecurityDescriptionOptions = {},
): void {
  const {
    trusts,
    scopes = {},
    cookie,
  } = app.get<AuthModuleOptions>(AUTH_OPTIONS, { strict: false });
  const names = new Map(trusts.map(({ issuer }) => [issuer, schemeName(issuer, trusts.length)]));
  const policies = new OperationPolicies(app, options.operationIdFactory ?? defaultOperationId);
  const used = new Set<string>();
  for (const { method, operation } of operationsOf(document)) {
    const policy = policies.of(operation.operationId);
    if (policy.public) {
      operation.security = [];
      continue;
    }
    for (const scope of scopesOf(policy)) used.add(scope);
    operation.security = [
      ...requirements(policy, [...names.values()]),
      ...(cookie === undefined ? [] : [cookieRequirement(method)]),
    ];
    operation.summary ||= describeAccess(policy);
    operation.responses['401'] ??= { description: describeUnauthorized(policy) };
    operation.responses['403'] ??= { description: describeForbidden(policy) };
  }
  const described = Object.fromEntries(
    [...used].sort().map((scope) => [scope, scopes[scope] ?? '']),
  );
  const schemes: [string, object][] = [...names].map(([issuer, name]) => [
    name,
    securityScheme(issuer, described, options.flows?.[issuer]),
  ]);
  if (cookie !== undefined) schemes.push(...Object.entries(cookieSchemes(cookie)));
  document.components = {
    ...document.components,
    securitySchemes: { ...document.components?.securitySchemes, ...Object.fromEntries(schemes) },
  };
}

/** Component names know letters, digits, `.`, `-` and `_` alone. */
function schemeName(issuer: string, issuers: number): string {
  if (issuers === 1) return 'oauth2';
  return issuer.replace(/^https?:\/\//, '').replace(/[^A-Za-z0-9.\-_]+/g, '_');
}

function securityScheme(
  issuer: string,
  scopes: Readonly<Record<string, string>>,
  flows: TokenFlows | undefined,
): object {
  if (flows === undefined) {
    return { type: 'openIdConnect', openIdConnectUrl: openidConfigurationUri(issuer) };
  }
  const { tokenUrl, authorizationUrl } = flows;
  const clientCredentials = { tokenUrl, scopes };
  return {
    type: 'oauth2',
    flows:
      authorizationUrl === undefined
        ? { clientCredentials }
        : { clientCredentials, authorizationCode: { authorizationUrl, tokenUrl, scopes } },
  };
}

/** OpenAPI knows "all of these" within a requirement and "one of these" between requirements. */
function requirements(policy: AccessPolicy, schemes: readonly string[]): SecurityRequirement[] {
  return schemes.flatMap((scheme) =>
    alternatives(policy).map((all) => ({ [scheme]: [...new Set(all)] })),
  );
}

function alternatives({ scopes, anyScope }: AccessPolicy): readonly (readonly string[])[] {
  return anyScope.reduce<readonly (readonly string[])[]>(
    (found, group) => found.flatMap((all) => group.map((scope) => [...all, scope])),
    [scopes],
  );
}

function describeAccess(policy: AccessPolicy): string {
  const scopes = alternatives(policy).map((all) => all.join(' and '));
  return scopes.join('') === '' ? 'any access token' : `scope ${scopes.join(', or ')}`;
}

function describeUnauthorized({ stepUp }: AccessPolicy): string {
  const missing = 'No access token, or one that is not accepted';
  if (stepUp === undefined) return missing;
  const { acrValues, maxAgeSeconds } = stepUp;
  const wanted = [
    ...(acrValues.length === 0 ? [] : [`acr ${acrValues.join(' or ')}`]),
    ...(maxAgeSeconds === undefined ? [] : [`at most ${maxAgeSeconds} s ago`]),
  ];
  return `${missing}; or the resource owner has to sign in: ${wanted.join(', ')}`;
}

function describeForbidden({ roles }: AccessPolicy): string {
  if (roles.length === 0) return 'The access token lacks the scope';
  const wanted = roles.map((group) => group.join(' or ')).join(' and ');
  return `The access token lacks the scope, or the role: ${wanted}`;
}
