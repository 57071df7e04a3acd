/** Looks at a deployment with every rule of the doctor. */
import { readBootstrap } from '../config/bootstrap.config.js';
import { checkConfiguration } from '../config/configuration.check.js';
import { ConfigurationError } from '../config/configuration.error.js';
import { parseEnvironment } from '../config/environment.schema.js';
import { DATABASE_RULES } from '../doctor/database.rules.js';
import { type Diagnosis, diagnose } from '../doctor/diagnosis.js';
import { withRegistered } from '../doctor/registered.clients.js';
import { OFFLINE_RULES } from '../doctor/offline.rules.js';
import { STORE_RULES } from '../doctor/store.rules.js';

/** @param isOffline whether the stores are left alone */
export async function examine(
  variables: NodeJS.ProcessEnv,
  isOffline: boolean,
): Promise<readonly Diagnosis[]> {
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
  const rules = [...OFFLINE_RULES];
  if (!isOffline) rules.push(...STORE_RULES, ...DATABASE_RULES);
  const environment = parseEnvironment(variables);
  const declared = { environment, bootstrap: readBootstrap(variables), variables };
  return diagnose(isOffline ? declared : await withRegistered(declared), rules);
}
