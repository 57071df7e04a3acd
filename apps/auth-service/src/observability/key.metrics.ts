/** How old the signing keys are, and when the next ones take over. */
import { type ScrapedMetric } from '@keyward/observability';
import { type KeyRing } from '../keys/key.ring.js';
import { type SigningKey } from '../keys/signing-key.js';

/** Keys are told by algorithm and status: a kid would be a series for every key that ever was. */
export function keyMetrics(
  ring: KeyRing,
  nowMs: () => number = Date.now,
): readonly ScrapedMetric[] {
  return [
    {
      name: 'keyward_signing_keys',
      help: 'Published signing keys: pending ones wait, retired ones only verify.',
      type: 'gauge',
      read: () => {
        const counts = new Map<string, { labels: Record<string, string>; value: number }>();
        for (const { algorithm, status } of ring.keys()) {
          const key = `${algorithm} ${status}`;
          const value = (counts.get(key)?.value ?? 0) + 1;
          counts.set(key, { labels: { algorithm, status }, value });
        }
        return counts.values();
      },
    },
    {
      name: 'keyward_signing_key_age_seconds',
      help: 'Since the key that signs now was made.',
      type: 'gauge',
      read: () =>
        signing(ring, nowMs()).map(({ algorithm, createdAt }) => ({
          labels: { algorithm },
          value: (nowMs() - createdAt.getTime()) / 1000,
        })),
    },
    {
      name: 'keyward_signing_key_ends_in_seconds',
      help: 'Until the key that signs now hands over, as planned.',
      type: 'gauge',
      read: () =>
        signing(ring, nowMs()).flatMap(({ algorithm, signUntil }) =>
          signUntil === null
            ? []
            : { labels: { algorithm }, value: (signUntil.getTime() - nowMs()) / 1000 },
        ),
    },
  ];
}

/** Those whose planned time it is; a standby counts as soon as it signs. */
function signing(ring: KeyRing, nowMs: number): SigningKey[] {
  return ring
    .keys()
    .filter(
      ({ status, signFrom, signUntil }) =>
        status !== 'retired' &&
        signFrom.getTime() <= nowMs &&
        (signUntil === null || nowMs < signUntil.getTime()),
    );
}
