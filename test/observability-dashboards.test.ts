/** The dashboard, the alert rules and what is scraped; observability-landscape.test.ts holds them against services. */
import { access } from 'node:fs/promises';
import { metricsAskedBy, missingFrom } from './support/prometheus-query.js';
import {
  anchorsOf,
  readAlerts,
  readCompose,
  readPanels,
  readScrapeConfiguration,
  RUNBOOKS,
} from './support/prometheus-files.js';
import { Scrape } from './support/scrape.js';

const alerts = await readAlerts();
const panels = await readPanels();
const compose = await readCompose();

function networksOf(name: string): string[] {
  const networks = compose.get(name)?.networks ?? [];
  return Array.isArray(networks) ? (networks as string[]) : Object.keys(networks);
}

describe('the alert rules', () => {
  it.each(alerts.map((alert) => [alert.alert, alert] as const))(
    '%s says what is wrong, how urgent it is, and what to do',
    async (_name, { labels, annotations, for: duration }) => {
      expect(['page', 'ticket']).toContain(labels.severity);
      // Somebody is only woken by what lasts.
      expect(labels.severity === 'page' ? duration : '1m').toMatch(/^\d+m$/);
      expect(annotations.summary).toMatch(/\S+ \S+/);
      const [file, anchor] = annotations.runbook_url.split('#');
      expect(file).toBe(RUNBOOKS);
      expect(await anchorsOf(RUNBOOKS)).toContain(anchor);
    },
  );

  it.each(alerts.map((alert) => [alert.alert, alert] as const))(
    '%s asks for metrics, and its summary tells labels that are left of them',
    (_name, { expr, annotations }) => {
      const asked = metricsAskedBy(expr);
      expect(asked.length).toBeGreaterThan(0);
      const told = [...annotations.summary.matchAll(/\$labels\.(\w+)/g)].map(([, label]) => label);
      const grouped = /^\w+(?: by \(([^)]*)\))?\s*\(/.exec(expr);
      if (grouped === null) return;
      const left = (grouped[1] ?? '').split(/,\s*/);
      expect(told.filter((label) => !left.includes(label ?? ''))).toEqual([]);
    },
  );

  it('have names of their own', () => {
    const names = alerts.map(({ alert }) => alert);
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeGreaterThan(0);
  });
});

describe('the dashboard', () => {
  it.each(panels.map((panel) => [panel.title, panel] as const))(
    'asks for %s in a language that Prometheus understands',
    (_title, { targets, datasource }) => {
      expect(datasource.uid).toBe('${datasource}');
      expect(targets.length).toBeGreaterThan(0);
      for (const { expr } of targets) expect(metricsAskedBy(expr).length).toBeGreaterThan(0);
    },
  );

  it('has panels with ids and places of their own', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    expect(new Set(panels.map(({ gridPos: { x, y } }) => `${x},${y}`)).size).toBe(panels.length);
  });
});

describe('what is scraped', () => {
  it('are the four services, with the rules that go with them', async () => {
    const { rule_files, scrape_configs } = await readScrapeConfiguration();
    expect(rule_files).toEqual(['alerts.yaml']);
    const jobs = scrape_configs.map(({ job_name }) => job_name);
    expect(jobs).toEqual(['auth-service', 'orders-service', 'payments-service', 'storefront']);
    const down = alerts.find(({ alert }) => alert === 'KeywardServiceDown');
    expect(down?.expr).toContain(`job=~"${jobs.join('|')}"`);
  });

  it('are all containers of docker-compose.yml that can serve metrics, in networks of theirs', async () => {
    const { scrape_configs } = await readScrapeConfiguration();
    const targets = scrape_configs.flatMap(({ static_configs }) =>
      static_configs.flatMap((one) => one.targets),
    );
    const serving = [...compose].filter(([, { environment = {} }]) =>
      Object.keys(environment).some((name) => name.endsWith('_METRICS_PORT')),
    );
    expect(targets.toSorted()).toEqual(serving.map(([name]) => `${name}:9464`).toSorted());
    const seen = networksOf('prometheus');
    for (const [name] of serving) {
      expect([name, networksOf(name).some((network) => seen.includes(network))]).toEqual([
        name,
        true,
      ]);
    }
  });
});

describe('the profile of docker-compose.yml', () => {
  const watching = [...compose].filter(([, { profiles = [] }]) =>
    profiles.includes('observability'),
  );

  it('starts Prometheus and Grafana, which nothing else waits for', () => {
    expect(watching.map(([name]) => name)).toEqual(['prometheus', 'grafana']);
    for (const [, { profiles = [], depends_on = {} }] of compose) {
      if (profiles.length > 0) continue;
      expect(Object.keys(depends_on)).not.toContain('prometheus');
      expect(Object.keys(depends_on)).not.toContain('grafana');
    }
  });

  it('changes nothing where it is not asked for: there is no port of metrics', () => {
    const ports = [...compose.values()].flatMap(({ environment = {} }) =>
      Object.entries(environment).filter(([name]) => name.endsWith('_METRICS_PORT')),
    );
    expect(ports.length).toBe(5);
    for (const [, value] of ports) expect(value).toBe('${KEYWARD_METRICS_PORT:-}');
  });

  it.each(watching)('holds %s as tightly as the others', async (_name, service) => {
    expect(service).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      healthcheck: { test: expect.any(Array) },
    });
    expect(['prometheus', 'grafana', 'nobody']).toContain(service.user);
    for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:/);
    const files = (service.volumes ?? []).filter((volume) => volume.startsWith('./'));
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) {
      expect(file).toMatch(/:ro$/);
      await access(new URL(`../${file.split(':')[0]}`, import.meta.url));
    }
  });

  it('lets nobody sign in to Grafana', () => {
    expect(compose.get('grafana')?.environment).toMatchObject({
      GF_AUTH_BASIC_ENABLED: 'false',
      GF_AUTH_DISABLE_LOGIN_FORM: 'true',
      GF_AUTH_ANONYMOUS_ORG_ROLE: 'Viewer',
      GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION: 'true',
    });
  });
});

describe('the check of an expression', () => {
  const scrape = new Scrape(
    ['# TYPE asked_total counter', 'asked_total{word="a"} 1', '# TYPE open gauge', 'open 1'].join(
      '\n',
    ),
  );

  it.each([
    ['rate(asked_total[5m])', []],
    ['sum by (word, job) (rate(asked_total{word="a"}[5m])) > 2', []],
    ['up{job="x"} == 0 unless on (instance) open', []],
    ['missing > 1', ['missing is nowhere']],
    ['asked_total{wrod="a"}', ['asked_total has no wrod']],
    ['sum by (store) (open)', ['open has no store']],
    ['open unless on (word) asked_total', ['open has no word']],
    ['rate(open[5m])', ['open is no counter']],
  ])('finds what no service has in %s', (expression, missing) => {
    expect(missingFrom([scrape], expression)).toEqual(missing);
  });

  it.each(['sum(rate(asked_total[5m])', 'open >', 'rate(open[5m)', 'sum by word (open)'])(
    'refuses %s',
    (expression) => {
      expect(() => metricsAskedBy(expression)).toThrow('an error at');
    },
  );
});
