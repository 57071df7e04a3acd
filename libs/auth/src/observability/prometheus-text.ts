/** Writes counts as Prometheus scrapes them. */
import { type AuthCounts } from './auth.counters.js';

type Sample = readonly [labels: Readonly<Record<string, string>>, value: number];

/**
 * The counts in Prometheus' text format 0.0.4: one counter a kind, labelled by stage, reason and
 * outcome. The handler that serves it is yours, and so is who may call it.
 *
 * @returns lines, to be sent as `text/plain; version=0.0.4`
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export function formatPrometheus(counts: AuthCounts): string {
  const refused = Object.entries(counts.refused).flatMap(([stage, reasons]) =>
    Object.entries(reasons).map(([reason, value]): Sample => [{ stage, reason }, value]),
  );
  return [
    ...counter('keyward_requests_passed_total', 'Requests that passed a stage.', [
      ...labelled('stage', counts.passed),
    ]),
    ...counter('keyward_requests_refused_total', 'Requests that were refused.', refused),
    ...counter('keyward_key_fetches_total', 'Fetches of JWK Sets.', [
      ...labelled('outcome', counts.keyFetches),
    ]),
    ...counter('keyward_shadow_comparisons_total', 'Requests that shadow rules were asked about.', [
      ...labelled('outcome', counts.shadow),
    ]),
    ...counter('keyward_requests_reported_total', 'Requests where nothing is enforced.', [
      ...labelled('outcome', counts.reported),
    ]),
    '',
  ].join('\n');
}

function labelled(label: string, counts: Readonly<Record<string, number>>): readonly Sample[] {
  return Object.entries(counts).map(([name, value]) => [{ [label]: name }, value]);
}

function counter(name: string, help: string, samples: readonly Sample[]): readonly string[] {
  // Label values are names of this library: letters and underscores, so nothing needs an escape.
  const lines = samples.map(([labels, value]) => {
    const pairs = Object.entries(labels).map(([label, text]) => `${label}="${text}"`);
    return `${name}{${pairs.join(',')}} ${value}`;
  });
  return [`# HELP ${name} ${help}`, `# TYPE ${name} counter`, ...lines];
}
