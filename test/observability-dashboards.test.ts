/** The dashboard, the alert rules and what is scraped; observability-landscape.test.ts holds them against services. */
import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { metricsAskedBy, missingFrom } from './support/prometheus-query.js';
import { anchorsOf, readAlerts, readPanels, RUNBOOKS } from './support/prometheus-files.js';
import { Scrape } from './support/scrape.js';

const alerts = await readAlerts();
const panels = await readPanels();

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
    const file = new URL('../deploy/observability/prometheus.yml', import.meta.url);
    const config = parse(await readFile(file, 'utf8')) as {
      rule_files: string[];
      scrape_configs: { job_name: string; static_configs: { targets: string[] }[] }[];
    };
    expect(config.rule_files).toEqual(['alerts.yaml']);
    const jobs = config.scrape_configs.map(({ job_name }) => job_name);
    expect(jobs).toEqual(['auth-service', 'orders-service', 'payments-service', 'storefront']);
    const down = alerts.find(({ alert }) => alert === 'KeywardServiceDown');
    expect(down?.expr).toContain(`job=~"${jobs.join('|')}"`);
    for (const { static_configs } of config.scrape_configs) {
      expect(static_configs.flatMap(({ targets }) => targets).length).toBeGreaterThan(0);
    }
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
