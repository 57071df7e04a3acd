/** What the library of a resource server decides, and how good its keys and its revocations are. */
import { type AccessTokenVerifier, type AuthCounters } from '@keyward/auth';
import { type Sample, type ScrapedMetric } from './scraped.metric.js';

/** What the guards decided. */
export function guardMetrics(counters: AuthCounters): readonly ScrapedMetric[] {
  return [
    {
      name: 'keyward_requests_passed_total',
      help: 'Requests that passed a stage of the guards.',
      type: 'counter',
      read: () => by('stage', counters.snapshot().passed),
    },
    {
      name: 'keyward_requests_refused_total',
      help: 'Requests that the guards refused, by stage and reason.',
      type: 'counter',
      read: () =>
        Object.entries(counters.snapshot().refused).flatMap(([stage, reasons]) =>
          Object.entries(reasons).map(([reason, value]) => ({ labels: { stage, reason }, value })),
        ),
    },
  ];
}

/** @param nowMs Default: the clock of the machine */
export function authMetrics(
  counters: AuthCounters,
  verifier: AccessTokenVerifier,
  nowMs: () => number = Date.now,
): readonly ScrapedMetric[] {
  const states = () => [...verifier.keyStates()];
  const feeds = () => [...verifier.revocationStates()];
  return [
    ...guardMetrics(counters),
    {
      name: 'keyward_key_fetches_total',
      help: 'Fetches of JWK Sets.',
      type: 'counter',
      read: () => by('outcome', counters.snapshot().keyFetches),
    },
    {
      name: 'keyward_verified_tokens_total',
      help: 'Tokens that were looked for among those verified before.',
      type: 'counter',
      read: () => {
        const { hits, misses } = verifier.cacheStatistics();
        return by('cache', { hit: hits, miss: misses });
      },
    },
    {
      name: 'keyward_verified_token_cache_entries',
      help: 'Tokens that are remembered as verified.',
      type: 'gauge',
      read: () => [{ value: verifier.cacheStatistics().entries }],
    },
    {
      name: 'keyward_jwks_usable_keys',
      help: 'Keys of a trusted issuer that tokens can be checked with.',
      type: 'gauge',
      read: () => states().map(([issuer, { keys }]) => ({ labels: { issuer }, value: keys })),
    },
    {
      name: 'keyward_jwks_age_seconds',
      help: 'Since the JWK Set of a trusted issuer was fetched.',
      type: 'gauge',
      read: () =>
        states().flatMap(([issuer, { fetchedAtMs }]) =>
          fetchedAtMs === undefined
            ? []
            : { labels: { issuer }, value: (nowMs() - fetchedAtMs) / 1000 },
        ),
    },
    {
      name: 'keyward_revocations_stale',
      help: '1 while revocations of a trusted issuer were not heard for longer than allowed.',
      type: 'gauge',
      read: () =>
        feeds().map(([issuer, { stale }]) => ({ labels: { issuer }, value: stale ? 1 : 0 })),
    },
    {
      name: 'keyward_revocations_age_seconds',
      help: 'Since the feed of revocations of a trusted issuer was heard.',
      type: 'gauge',
      read: () =>
        feeds().flatMap(([issuer, { ageSeconds }]) =>
          ageSeconds === undefined ? [] : { labels: { issuer }, value: ageSeconds },
        ),
    },
  ];
}

function by(label: string, counts: Readonly<Record<string, number>>): readonly Sample[] {
  return Object.entries(counts).map(([word, value]) => ({ labels: { [label]: word }, value }));
}
