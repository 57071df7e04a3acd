/** What the limits on requests let through and refused. */
import { type ScrapedMetric } from '@keyward/observability';
import { type RequestLimits } from '../limits/request.limits.js';

export function limitMetrics(limits: RequestLimits): readonly ScrapedMetric[] {
  return [
    {
      name: 'keyward_limited_requests_total',
      help: 'Requests that were counted under a limit, by what was decided.',
      type: 'counter',
      read: () =>
        limits.counts().flatMap(({ limit, allowed, refused }) => [
          { labels: { limit, outcome: 'allowed' }, value: allowed },
          { labels: { limit, outcome: 'refused' }, value: refused },
        ]),
    },
  ];
}
