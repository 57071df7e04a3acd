/** Tells who may call what: one row for each way into the application. */
import { RequestMethod, type INestApplicationContext } from '@nestjs/common';
import { ApplicationConfig, DiscoveryService, ModulesContainer } from '@nestjs/core';
import { type AccessPolicy } from './access-policy.js';
import { HandlerInventory, type InventoriedHandler } from './handler-inventory.js';
import { type HandlerTransport } from './handler-metadata.js';
import { type StepUpRequirement } from './step-up.js';

/** One way into the application, and what it asks of whoever takes it. */
export interface DescribedAccess {
  readonly transport: HandlerTransport;
  /** The HTTP method, `SSE`, `message`, `event`, `connection`, or the GraphQL type of the field. */
  readonly operation: string;
  /** The route with its prefixes, the pattern, the message or the field. */
  readonly path: string;
  /** `Class.method`. */
  readonly handler: string;
  /** What is asked, as text: `public`, `any access token`, `scope a and b`; stable enough to compare. */
  readonly access: string;
  readonly policy: AccessPolicy;
}

/**
 * Every handler of every transport and what it asks for, sorted. For a test that compares it with a
 * file, so that no change of it goes unseen, and for pages. The application need not be started.
 *
 * Routes have the global prefix and those of RouterModule; versions are not part of them.
 */
export function describeAccess(
  app: Pick<INestApplicationContext, 'get'>,
): readonly DescribedAccess[] {
  const prefixes = new RoutePrefixes(app);
  const rows = app
    .get(HandlerInventory, { strict: false })
    .handlers()
    .flatMap((handler) => describe(handler, prefixes.of(handler)));
  return rows.sort((a, b) => compare(sortKey(a), sortKey(b)));
}

/** The rows as a Markdown table. */
export function formatAccess(rows: readonly DescribedAccess[]): string {
  const cells = [
    ['transport', 'operation', 'path', 'access', 'handler'],
    ...rows.map(({ transport, operation, path, access, handler }) =>
      [transport, operation, `\`${path}\``, access, handler].map((text) =>
        text.replaceAll('|', '\\|'),
      ),
    ),
  ];
  const widths = (cells[0] ?? []).map((_, column) =>
    Math.max(...cells.map((row) => row[column]?.length ?? 0)),
  );
  const lines = cells.map((row) => row.map((text, column) => text.padEnd(widths[column] ?? 0)));
  const rule = widths.map((width) => '-'.repeat(width));
  return [lines[0] ?? [], rule, ...lines.slice(1)]
    .map((row) => `| ${row.join(' | ')} |\n`)
    .join('');
}

function describe(handler: InventoriedHandler, prefixes: readonly string[]): DescribedAccess[] {
  const { transport, operation, policy, name } = handler;
  const access = describePolicy(handler);
  return prefixes.map((prefix) => {
    const path =
      transport === 'http' && prefix !== '' ? trimSlash(prefix + handler.path) : handler.path;
    return { transport, operation, path, handler: name, access, policy };
  });
}

function describePolicy({ policy, isField, operation }: InventoriedHandler): string {
  if (policy.public) return 'public';
  const { scopes, anyScope, roles, introspectionMaxAgeSeconds: maxAgeSeconds } = policy;
  const parts = [
    ...(scopes.length > 0 ? [`scope ${scopes.join(' and ')}`] : []),
    ...anyScope.map((group) => `scope ${group.join(' or ')}`),
    ...roles.map((group) => `role ${group.join(' or ')}`),
    ...(policy.stepUp === undefined ? [] : [describeStepUp(policy.stepUp)]),
    ...(maxAgeSeconds === undefined ? [] : [`confirmed by the issuer within ${maxAgeSeconds} s`]),
  ];
  if (parts.length > 0) return parts.join(', ');
  if (policy.decorated || operation === 'connection') return 'any access token';
  return isField && operation === 'field' ? 'as its operation' : 'undecided';
}

function describeStepUp({ acrValues, maxAgeSeconds }: StepUpRequirement): string {
  const by = acrValues.length === 0 ? '' : ` by ${acrValues.join(' or ')}`;
  return `signed in${by}${maxAgeSeconds === undefined ? '' : ` within ${maxAgeSeconds} s`}`;
}

/** What stands before the paths of a class's routes. */
class RoutePrefixes {
  readonly #config: ApplicationConfig;
  readonly #ofModules = new Map<unknown, Set<string>>();

  constructor(app: Pick<INestApplicationContext, 'get'>) {
    this.#config = app.get(ApplicationConfig, { strict: false });
    const { applicationId } = app.get(ModulesContainer, { strict: false });
    for (const { metatype, host } of app
      .get(DiscoveryService, { strict: false })
      .getControllers()) {
      const module = host?.metatype;
      // Where RouterModule leaves a module's path; the constant is not part of Nest's API.
      const path = module && Reflect.getMetadata(`__module_path__${applicationId}`, module);
      const prefixes = this.#ofModules.get(metatype) ?? new Set();
      this.#ofModules.set(metatype, prefixes.add(slashed(typeof path === 'string' ? path : '')));
    }
  }

  of({ transport, host, path, operation }: InventoriedHandler): readonly string[] {
    if (transport !== 'http') return [''];
    return [...(this.#ofModules.get(host) ?? [''])].map((ofModule) => {
      const excluded = this.#isExcluded(trimSlash(ofModule + path), operation);
      return (excluded ? '' : slashed(this.#config.getGlobalPrefix())) + ofModule;
    });
  }

  #isExcluded(path: string, operation: string): boolean {
    const { exclude } = this.#config.getGlobalPrefixOptions() as {
      exclude?: readonly { requestMethod: RequestMethod; pathRegex: RegExp }[];
    };
    return (exclude ?? []).some(
      ({ requestMethod, pathRegex }) =>
        pathRegex.test(path) &&
        [RequestMethod.ALL, RequestMethod[operation as 'GET'] ?? RequestMethod.GET].includes(
          requestMethod,
        ),
    );
  }
}

function slashed(prefix: string): string {
  const segments = prefix.split('/').filter((segment) => segment !== '');
  return segments.map((segment) => `/${segment}`).join('');
}

function trimSlash(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

function sortKey({ transport, path, operation, handler }: DescribedAccess): string {
  return [transport, path, operation, handler].join('\n');
}

// By code units: the order must not depend on where it is made.
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
