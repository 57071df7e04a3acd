/** Where the stores are, as far as rules look at it. */
import { isIP } from 'node:net';
import { isLoopbackHost } from '../client/client-uri.rules.js';
import { type Environment } from '../config/environment.schema.js';

/** Whether a URL is of this machine: nobody else is on the way. */
export function isHere(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { hostname } = new URL(url);
  return isLoopbackHost(hostname) || (isIP(hostname) === 4 && hostname.startsWith('127.'));
}

/** Every address of Redis that is configured, in whichever of the three ways. */
export function redisUrls(environment: Environment): readonly string[] {
  const { REDIS_URL, REDIS_SENTINELS = [], REDIS_CLUSTER_NODES = [] } = environment;
  const listed = [...REDIS_SENTINELS, ...REDIS_CLUSTER_NODES].map(String);
  return REDIS_URL === undefined ? listed : [REDIS_URL, ...listed];
}
