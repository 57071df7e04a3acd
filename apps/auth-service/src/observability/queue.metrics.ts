/** What waits in this process: passwords, audit events, followers, and revocations on their way. */
import { type ScrapedMetric } from '@keyward/observability';
import { type PasswordHasher } from '../account/password.hasher.js';
import { type BufferedAuditTrail } from '../audit/buffered.audit-trail.js';
import { type FeedFollowers } from '../revocation/feed/feed.followers.js';
import { type RevocationJournal } from '../revocation/feed/revocation.journal.js';
import { type RevocationBacklog } from '../revocation/revocation.backlog.js';
import { type RevocationRelay } from '../revocation/revocation.relay.js';

/** The parts of the server that have a queue. */
export interface Queues {
  readonly hasher: PasswordHasher;
  readonly audit: BufferedAuditTrail;
  readonly followers: FeedFollowers;
  readonly journal: RevocationJournal;
  readonly relay: RevocationRelay;
  readonly backlog: RevocationBacklog;
}

export function queueMetrics(queues: Queues): readonly ScrapedMetric[] {
  const { hasher, audit, followers, journal, relay, backlog } = queues;
  return [
    gauge('keyward_password_hashes', 'Passwords that are hashed now, and that wait for it.', () =>
      Object.entries(hasher.queue).map(([state, value]) => ({ labels: { state }, value })),
    ),
    gauge('keyward_audit_events_waiting', 'Audit events that the record does not hold yet.', () => [
      { value: audit.pending },
    ]),
    gauge('keyward_feed_followers', 'Connections that follow the feed at this process.', () => [
      { value: followers.count },
    ]),
    gauge('keyward_feed_position', 'The position up to which this process tells the feed.', () =>
      journal.reached === null ? [] : [{ value: journal.reached }],
    ),
    gauge('keyward_feed_lag_seconds', 'Since this process knew all that the record holds.', () =>
      journal.ageSeconds === null ? [] : [{ value: journal.ageSeconds }],
    ),
    gauge(
      'keyward_revocations_settled',
      '1 while the hot store holds every revocation that this process recorded.',
      () => [{ value: relay.isSettled ? 1 : 0 }],
    ),
    gauge(
      'keyward_outbox_revocations',
      'Revocations that were not relayed everywhere.',
      async () => [{ value: (await backlog.measure()).count }],
    ),
    gauge('keyward_outbox_age_seconds', 'Since the oldest of them was recorded.', async () => [
      { value: (await backlog.measure()).oldestSeconds },
    ]),
  ];
}

function gauge(name: string, help: string, read: ScrapedMetric['read']): ScrapedMetric {
  return { name, help, type: 'gauge', read };
}
