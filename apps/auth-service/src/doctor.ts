/** `node dist/doctor.js`: what of this deployment is not as the specifications want it. */
import 'reflect-metadata';
import { parseArgs } from 'node:util';
import { Logger } from '@nestjs/common';
import { readBootstrap } from './config/bootstrap.config.js';
import { checkConfiguration } from './config/configuration.check.js';
import { ConfigurationError } from './config/configuration.error.js';
import { parseEnvironment } from './config/environment.schema.js';
import { type Diagnosis, diagnose, diagnosisText } from './doctor/diagnosis.js';
import { CLIENT_RULES } from './doctor/client.rules.js';
import { FILE_RULES } from './doctor/file.rules.js';
import { OUTBOUND_RULES } from './doctor/outbound.rules.js';
import { STORE_RULES } from './doctor/store.rules.js';
import { TOKEN_RULES } from './doctor/token.rules.js';
import { TRANSPORT_RULES } from './doctor/transport.rules.js';

const USAGE = `usage: doctor [--json] [--offline]
Looks at the environment, the bootstrap file and the stores. --offline leaves the stores alone. The exit
code is 1 where an error was found, 2 where this text is shown.`;

interface Order {
  readonly json: boolean;
  readonly offline: boolean;
}

function parseOrder(args: string[]): Order | null {
  try {
    const options = { json: { type: 'boolean' }, offline: { type: 'boolean' } } as const;
    const { values } = parseArgs({ args, options });
    return { json: values.json === true, offline: values.offline === true };
  } catch {
    return null;
  }
}

async function examine({ offline }: Order): Promise<readonly Diagnosis[]> {
  const variables = process.env;
  try {
    checkConfiguration(variables);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return error.problems.map((finding) => ({
      rule: 'configuration',
      severity: 'error',
      clause: 'docs/configuration.md',
      finding,
      remedy: 'mend it: the server does not start like this',
    }));
  }
  const rules = [
    ...TRANSPORT_RULES,
    ...OUTBOUND_RULES,
    ...TOKEN_RULES,
    ...CLIENT_RULES,
    ...FILE_RULES,
  ];
  if (!offline) rules.push(...STORE_RULES);
  const environment = parseEnvironment(variables);
  return diagnose({ environment, bootstrap: readBootstrap(variables), variables }, rules);
}

// The report is all that is printed.
Logger.overrideLogger(false);
const order = parseOrder(process.argv.slice(2));
if (order === null) {
  process.stderr.write(`${USAGE}\n`);
  process.exitCode = 2;
} else {
  const diagnoses = await examine(order);
  process.stdout.write(
    order.json ? `${JSON.stringify(diagnoses, null, 1)}\n` : diagnosisText(diagnoses),
  );
  if (diagnoses.some(({ severity }) => severity === 'error')) process.exitCode = 1;
}
