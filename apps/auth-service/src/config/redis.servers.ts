/** Where Redis is: one server, a master that Sentinels name, or a cluster. */

/** A server's name or address, and its port. */
export interface RedisAddress {
  readonly host: string;
  readonly port: number;
}

/** How to sign in at a server. */
export interface RedisAccess {
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly tls: boolean;
}

/** One server, by its connection string (`REDIS_URL`). */
export interface StandaloneRedis {
  readonly url: string;
}

/** The master that Sentinels know by a name (`REDIS_SENTINELS`, `REDIS_SENTINEL_NAME`). */
export interface SentinelRedis {
  readonly sentinels: readonly (RedisAddress & RedisAccess)[];
  readonly masterName: string;
  /** Of the servers that the Sentinels watch. */
  readonly access: RedisAccess;
}

/** A Redis Cluster, by some of its nodes (`REDIS_CLUSTER_NODES`). */
export interface ClusterRedis {
  readonly clusterNodes: readonly RedisAddress[];
  readonly access: RedisAccess;
}

/** One of the three ways in which Redis is run. */
export type RedisServers = StandaloneRedis | SentinelRedis | ClusterRedis;

/** The variables of which exactly one says where Redis is. */
export const REDIS_LOCATIONS = ['REDIS_URL', 'REDIS_SENTINELS', 'REDIS_CLUSTER_NODES'] as const;

/** The variables that this module reads, validated one by one. */
export interface RedisVariables {
  readonly REDIS_URL?: string | undefined;
  readonly REDIS_SENTINELS?: readonly URL[] | undefined;
  readonly REDIS_SENTINEL_NAME?: string | undefined;
  readonly REDIS_CLUSTER_NODES?: readonly URL[] | undefined;
  readonly REDIS_USERNAME?: string | undefined;
  readonly REDIS_PASSWORD?: string | undefined;
}

const SENTINEL_PORT = 26379;
const SERVER_PORT = 6379;

/**
 * The servers of a list such as `a:26379,rediss://:password@b:26379`, or null where it is malformed.
 * A path, a query, or a mixture of TLS and none is malformed.
 */
export function parseRedisList(value: string): URL[] | null {
  const entries = value.split(',').map((entry) => entry.trim());
  const urls: URL[] = [];
  for (const entry of entries) {
    const text = entry.includes('://') ? entry : `redis://${entry}`;
    if (entry === '' || !URL.canParse(text)) return null;
    const url = new URL(text);
    if (url.protocol !== 'redis:' && url.protocol !== 'rediss:') return null;
    if (!isPercentEncoded(url.username + url.password)) return null;
    if (url.hostname === '' || !['', '/'].includes(url.pathname) || url.search || url.hash) {
      return null;
    }
    urls.push(url);
  }
  return urls.every(({ protocol }) => protocol === urls[0]?.protocol) ? urls : null;
}

/** What is wrong with the variables together, though each may be right by itself. */
export function findRedisProblems(environment: NodeJS.ProcessEnv): string[] {
  const problems: string[] = [];
  const has = (name: string) => environment[name] !== undefined;
  const locations = REDIS_LOCATIONS.filter(has);
  if (locations.length > 1) {
    problems.push(`${locations.join(' and ')} exclude each other: Redis is in one place`);
  }
  if (has('REDIS_SENTINELS') !== has('REDIS_SENTINEL_NAME')) {
    problems.push('REDIS_SENTINELS and REDIS_SENTINEL_NAME must be set together');
  }
  if (!has('REDIS_SENTINELS') && !has('REDIS_CLUSTER_NODES')) {
    for (const name of ['REDIS_USERNAME', 'REDIS_PASSWORD'].filter(has)) {
      problems.push(`${name} is for Sentinel and Cluster: REDIS_URL holds its own`);
    }
  }
  const nodes = parseRedisList(environment['REDIS_CLUSTER_NODES'] ?? '') ?? [];
  if (nodes.some(({ username, password }) => username || password)) {
    problems.push('REDIS_CLUSTER_NODES must hold no password: REDIS_PASSWORD is for every node');
  }
  return problems;
}

/** The servers that the variables name; undefined where they name none. */
export function redisServers(variables: RedisVariables): RedisServers | undefined {
  const { REDIS_URL, REDIS_SENTINELS, REDIS_SENTINEL_NAME, REDIS_CLUSTER_NODES } = variables;
  if (REDIS_URL !== undefined) return { url: REDIS_URL };
  const access = (urls: readonly URL[]): RedisAccess => ({
    username: variables.REDIS_USERNAME,
    password: variables.REDIS_PASSWORD,
    tls: urls[0]?.protocol === 'rediss:',
  });
  if (REDIS_SENTINELS !== undefined && REDIS_SENTINEL_NAME !== undefined) {
    return {
      sentinels: REDIS_SENTINELS.map((url) => ({
        ...addressOf(url, SENTINEL_PORT),
        username: decodeURIComponent(url.username) || undefined,
        password: decodeURIComponent(url.password) || undefined,
        tls: url.protocol === 'rediss:',
      })),
      masterName: REDIS_SENTINEL_NAME,
      access: access(REDIS_SENTINELS),
    };
  }
  if (REDIS_CLUSTER_NODES === undefined) return undefined;
  return {
    clusterNodes: REDIS_CLUSTER_NODES.map((url) => addressOf(url, SERVER_PORT)),
    access: access(REDIS_CLUSTER_NODES),
  };
}

function isPercentEncoded(value: string): boolean {
  return !/%(?![0-9a-f]{2})/i.test(value);
}

function addressOf({ hostname, port }: URL, defaultPort: number): RedisAddress {
  // URL keeps the brackets of an IPv6 address; a socket wants none.
  return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) || defaultPort };
}
