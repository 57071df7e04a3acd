import { Counts } from './counts.js';
import { MetricsServer } from './metrics.server.js';
import { RouteDurations } from './route.durations.js';

describe('MetricsServer', () => {
  let server: MetricsServer | undefined;
  afterEach(() => server?.close());

  it('shows what is counted, with label values as they are escaped', async () => {
    const counts = new Counts('test_total', 'Tests.', ['word', 'other']);
    counts.add('a"b', 'c\\d');
    counts.add('a"b', 'c\\d');
    server = new MetricsServer([counts.metric()]);
    const port = await server.listen('127.0.0.1', 0);
    const response = await fetch(`http://127.0.0.1:${port}/metrics`);
    expect(response.headers.get('content-type')).toContain('text/plain; version=0.0.4');
    expect(await response.text()).toContain('test_total{word="a\\"b",other="c\\\\d"} 2');
  });

  it('answers nothing else', async () => {
    server = new MetricsServer([]);
    const port = await server.listen('127.0.0.1', 0);
    const status = async (path: string, method = 'GET') =>
      (await fetch(`http://127.0.0.1:${port}${path}`, { method })).status;
    expect(await status('/')).toBe(404);
    expect(await status('/metrics/x')).toBe(404);
    expect(await status('/metrics', 'POST')).toBe(404);
    expect(await status('/metrics')).toBe(200);
  });

  it('leaves out what cannot be read now', async () => {
    const failing = () => Promise.reject(new Error('down'));
    server = new MetricsServer([
      { name: 'broken', help: 'Broken.', type: 'gauge', read: failing },
      { name: 'whole', help: 'Whole.', type: 'gauge', read: () => [{ value: 7 }] },
    ]);
    const text = await server.text();
    expect(text).toMatch(/^whole 7$/m);
    expect(text).not.toMatch(/^broken /m);
  });

  it('counts durations into buckets that include the smaller ones', async () => {
    const durations = new RouteDurations();
    const message = {} as never;
    for (const durationMs of [0.5, 3, 20_000]) {
      const observed = durations.begin({ message, id: undefined });
      observed.end({ method: 'GET', route: '/x/:id', status: 204, durationMs, aborted: false });
    }
    durations.begin({ message, id: undefined });
    server = new MetricsServer(durations.metrics());
    const lines = (await server.text()).split('\n');
    const series = (le: string) =>
      `keyward_http_request_duration_seconds_bucket{method="GET",route="/x/:id",status="2xx",le="${le}"}`;
    expect(lines).toContain(`${series('0.001')} 1`);
    expect(lines).toContain(`${series('0.005')} 2`);
    expect(lines).toContain(`${series('10')} 2`);
    expect(lines).toContain(`${series('+Inf')} 3`);
    expect(lines).toContain(
      'keyward_http_request_duration_seconds_count{method="GET",route="/x/:id",status="2xx"} 3',
    );
    expect(lines).toContain('keyward_http_requests_under_way 1');
  });
});

describe('Counts', () => {
  it('never has more than a thousand series', async () => {
    const counts = new Counts('test_total', 'Tests.', ['word']);
    for (let i = 0; i < 5000; i += 1) counts.add(`word-${i}`);
    const samples = [...(await counts.metric().read())];
    expect(samples.length).toBeLessThanOrEqual(1001);
    expect(samples.find(({ labels }) => labels?.['word'] === 'other')?.value).toBe(4000);
  });
});
