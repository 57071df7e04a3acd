/** Reads what deploy/observability gives to Prometheus and Grafana. */
import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';

/** Where each alert is explained. */
export const RUNBOOKS = 'docs/operations/observability.md';

export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly runbook_url: string };
}

export interface Panel {
  readonly id: number;
  readonly title: string;
  readonly datasource: { readonly uid: string };
  readonly gridPos: { readonly x: number; readonly y: number };
  readonly targets: readonly { readonly expr: string }[];
}

/** What Prometheus is told. */
export interface ScrapeConfiguration {
  readonly rule_files: readonly string[];
  readonly scrape_configs: readonly {
    readonly job_name: string;
    readonly static_configs: readonly { readonly targets: readonly string[] }[];
  }[];
}

const read = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), 'utf8');

export async function readAlerts(): Promise<AlertRule[]> {
  const { groups } = parse(await read('deploy/observability/alerts.yaml')) as {
    groups: { rules: AlertRule[] }[];
  };
  return groups.flatMap(({ rules }) => rules);
}

export async function readPanels(): Promise<Panel[]> {
  const { panels } = JSON.parse(await read('deploy/observability/dashboard.json')) as {
    panels: Panel[];
  };
  return panels;
}

export async function readScrapeConfiguration(): Promise<ScrapeConfiguration> {
  return parse(await read('deploy/observability/prometheus.yml')) as ScrapeConfiguration;
}

/** Everything that is asked of Prometheus. */
export async function readExpressions(): Promise<string[]> {
  const panels = await readPanels();
  return [
    ...(await readAlerts()).map(({ expr }) => expr),
    ...panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
  ];
}

/** A container as docker-compose.yml has it. */
export interface ComposeService {
  readonly profiles?: readonly string[];
  readonly user?: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly environment?: Readonly<Record<string, string | number>>;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly networks?: readonly string[] | object;
  readonly depends_on?: object;
}

export async function readCompose(): Promise<ReadonlyMap<string, ComposeService>> {
  const { services } = parse(await read('docker-compose.yml'), { merge: true }) as {
    services: Record<string, ComposeService>;
  };
  return new Map(Object.entries(services));
}

/** Names of metrics that the document's tables have. */
export async function readDocumentedMetrics(): Promise<string[]> {
  return [...(await read(RUNBOOKS)).matchAll(/`(keyward_\w+)`/g)].map(([, name = '']) => name);
}

/** What headings of a document are linked by. */
export async function anchorsOf(path: string): Promise<string[]> {
  return [...(await read(path)).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}
