/** What the doctor finds: where a deployment is not as it should be, by which clause, and what to do. */
import { type Bootstrap } from '../bootstrap/bootstrap.file.js';
import { type Environment } from '../config/environment.schema.js';

/**
 * `error`: this is not to carry anybody's tokens. `warning`: weaker than it could be. `note`: worth
 * knowing.
 */
export type Severity = 'error' | 'warning' | 'note';

/** A configuration that could be read; what could not be is told by the start of the server itself. */
export interface Deployment {
  readonly environment: Environment;
  readonly bootstrap: Bootstrap;
  /** As the process was given them: for what stands in files. */
  readonly variables: NodeJS.ProcessEnv;
}

/** One thing that a rule found. */
export interface Finding {
  readonly finding: string;
  readonly remedy: string;
}

/** A rule, known by its name. */
export interface DoctorRule {
  /** Stable: for who filters the report. */
  readonly name: string;
  readonly severity: Severity;
  /** The clause that it is taken from. */
  readonly clause: string;
  /** Nothing where the deployment is as the rule wants it. Never a secret. */
  readonly find: (deployment: Deployment) => readonly Finding[] | Promise<readonly Finding[]>;
}

/** A finding, with what its rule says of it. */
export interface Diagnosis extends Finding {
  readonly rule: string;
  readonly severity: Severity;
  readonly clause: string;
}

const ORDER: Readonly<Record<Severity, number>> = { error: 0, warning: 1, note: 2 };

/** Asks every rule; the worst come first. */
export async function diagnose(
  deployment: Deployment,
  rules: readonly DoctorRule[],
): Promise<readonly Diagnosis[]> {
  const found = await Promise.all(
    rules.map(async ({ name: rule, severity, clause, find }) =>
      (await find(deployment)).map((one) => ({ rule, severity, clause, ...one })),
    ),
  );
  return found.flat().sort((a, b) => ORDER[a.severity] - ORDER[b.severity]);
}

/** For people: a paragraph each. */
export function diagnosisText(diagnoses: readonly Diagnosis[]): string {
  if (diagnoses.length === 0) return 'nothing found\n';
  const counts = (['error', 'warning', 'note'] as const)
    .map((severity) => [diagnoses.filter((one) => one.severity === severity).length, severity])
    .map(([count, severity]) => `${count} ${severity}${count === 1 ? '' : 's'}`);
  const paragraphs = diagnoses.map(
    ({ severity, rule, clause, finding, remedy }) =>
      `${severity.toUpperCase()}  ${rule} (${clause})\n  ${finding}\n  -> ${remedy}\n`,
  );
  return `${paragraphs.join('\n')}\n${counts.join(', ')}\n`;
}
