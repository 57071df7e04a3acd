/** Checks the options of a backend once, at start, and fills in what they leave out. */
import { checkKeyUrl } from '../jwks/issuer-url.js';
import { type BffOptions, type BffStores, type ProxyTarget } from './bff.options.js';
import { MemoryBrowserSessionStore } from './memory-browser-session.store.js';
import { MemoryBffSingleUseStore } from './memory-single-use.store.js';

/** Options that can be relied on. */
export interface BffSettings extends Required<
  Omit<BffOptions, 'publicUrl' | 'targets' | 'idleSeconds' | 'absoluteSeconds' | 'stores'>
> {
  /** The origin, without a trailing slash. */
  readonly origin: string;
  readonly stores: BffStores;
  readonly targets: readonly CheckedTarget[];
  readonly idleMs: number;
  readonly absoluteMs: number;
}

/** A target with all its limits. */
export interface CheckedTarget extends Required<Omit<ProxyTarget, 'url' | 'resource'>> {
  /** Without a trailing slash. */
  readonly url: URL;
  /** Empty: none is named. */
  readonly resource: string;
}

const PATH = /^(?:\/[A-Za-z0-9._~-]+)+$/;

/** @throws TypeError that says which option is wrong */
export function bffSettings(options: BffOptions): BffSettings {
  const { insecureHttp = false, idleSeconds = 3600, absoluteSeconds = 43_200 } = options;
  const { protocol, origin, href } = new URL(checkKeyUrl(options.publicUrl, insecureHttp));
  if (href !== `${origin}/`) throw new TypeError('publicUrl is an origin: it has no path');
  checkKeyUrl(options.issuer, insecureHttp);
  const issuerOrigin = options.issuerOrigin ?? options.issuer;
  checkKeyUrl(issuerOrigin, insecureHttp);
  if (!options.scope.split(' ').includes('openid')) throw new TypeError('scope lacks openid');
  if (!isDuration(idleSeconds) || !isDuration(absoluteSeconds)) {
    throw new TypeError('idleSeconds and absoluteSeconds are positive numbers');
  }
  const basePath = path('basePath', options.basePath ?? '/bff');
  const insecureCookies = options.insecureCookies ?? false;
  if (insecureCookies && protocol === 'https:') {
    throw new TypeError('insecureCookies is for http: over https nothing speaks for them');
  }
  return {
    ...options,
    origin,
    issuerOrigin: new URL(issuerOrigin).origin,
    insecureHttp,
    insecureCookies,
    basePath,
    stores: options.stores ?? {
      sessions: new MemoryBrowserSessionStore(),
      singleUse: new MemoryBffSingleUseStore(),
    },
    claims: options.claims ?? ['name'],
    idleMs: idleSeconds * 1000,
    absoluteMs: absoluteSeconds * 1000,
    sameSite: options.sameSite ?? 'strict',
    signedOutPath: options.signedOutPath ?? '/',
    errorPath: options.errorPath ?? '/',
    algorithm: options.algorithm ?? 'ES256',
    targets: checkTargets(options.targets, basePath, insecureHttp),
  };
}

function checkTargets(
  targets: readonly ProxyTarget[],
  basePath: string,
  insecureHttp: boolean,
): CheckedTarget[] {
  const checked = targets.map((target): CheckedTarget => {
    const url = new URL(checkKeyUrl(target.url, insecureHttp));
    if (url.search !== '' || url.hash !== '') {
      throw new TypeError(`the URL of target ${target.path} has a query or a fragment`);
    }
    url.pathname = url.pathname.replace(/\/$/, '');
    return {
      path: path('the path of a target', target.path),
      url,
      resource: target.resource ?? '',
      maxRequestBytes: target.maxRequestBytes ?? 1024 * 1024,
      maxResponseBytes: target.maxResponseBytes ?? 16 * 1024 * 1024,
      timeoutMs: target.timeoutMs ?? 15_000,
    };
  });
  for (const [index, { path: own }] of checked.entries()) {
    const others = [basePath, ...checked.slice(0, index).map((other) => other.path)];
    if (others.some((other) => isWithin(own, other) || isWithin(other, own))) {
      throw new TypeError(`the target at ${own} overlaps with another path`);
    }
  }
  return checked;
}

/** Whether `path` is `parent` or below it. */
export function isWithin(path: string, parent: string): boolean {
  return path === parent || path.startsWith(`${parent}/`);
}

function path(name: string, value: string): string {
  const segments = value.split('/');
  if (PATH.test(value) && !segments.includes('.') && !segments.includes('..')) return value;
  throw new TypeError(
    `${name} must be a path such as /api/orders, and is ${JSON.stringify(value)}`,
  );
}

function isDuration(seconds: number): boolean {
  return Number.isFinite(seconds) && seconds > 0;
}
