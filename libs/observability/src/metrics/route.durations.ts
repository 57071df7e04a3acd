/** How long requests take, by method, route and status. */
import {
  type BegunRequest,
  type EndedRequest,
  type ObservedRequest,
  RequestObserver,
} from '../http/request.observer.js';
import { type Sample, type ScrapedMetric } from './scraped.metric.js';

/** Upper bounds of the buckets, in seconds. */
export const DURATION_BUCKETS = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
] as const;

interface Series {
  readonly labels: Readonly<Record<string, string>>;
  /** One more than there are bounds: what took longer than all of them. */
  readonly buckets: number[];
  sum: number;
}

/** Counts into plain numbers; series are made of routes of the program, methods and hundreds of statuses. */
export class RouteDurations extends RequestObserver {
  private readonly series = new Map<string, Series>();
  private underWay = 0;

  begin(_request: BegunRequest): ObservedRequest {
    this.underWay += 1;
    return { end: (ended) => this.add(ended) };
  }

  metrics(): readonly ScrapedMetric[] {
    return [
      {
        name: 'keyward_http_request_duration_seconds',
        help: 'How long requests took, by route template.',
        type: 'histogram',
        read: () => this.samples(),
      },
      {
        name: 'keyward_http_requests_under_way',
        help: 'Requests that are not answered yet.',
        type: 'gauge',
        read: () => [{ value: this.underWay }],
      },
    ];
  }

  private add({ method, route, status, durationMs, aborted }: EndedRequest): void {
    this.underWay -= 1;
    const outcome = aborted ? 'left' : `${Math.floor(status / 100)}xx`;
    const key = `${method} ${outcome} ${route}`;
    let series = this.series.get(key);
    if (series === undefined) {
      const buckets = new Array<number>(DURATION_BUCKETS.length + 1).fill(0);
      series = { labels: { method, route, status: outcome }, buckets, sum: 0 };
      this.series.set(key, series);
    }
    const seconds = durationMs / 1000;
    series.sum += seconds;
    const bound = DURATION_BUCKETS.findIndex((bucket) => seconds <= bucket);
    const index = bound === -1 ? DURATION_BUCKETS.length : bound;
    series.buckets[index] = (series.buckets[index] ?? 0) + 1;
  }

  private *samples(): Iterable<Sample> {
    for (const { labels, buckets, sum } of this.series.values()) {
      let count = 0;
      for (const [index, added] of buckets.entries()) {
        count += added;
        const le = String(DURATION_BUCKETS[index] ?? '+Inf');
        yield { suffix: '_bucket', labels: { ...labels, le }, value: count };
      }
      yield { suffix: '_sum', labels, value: sum };
      yield { suffix: '_count', labels, value: count };
    }
  }
}
