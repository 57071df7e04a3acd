/** Checks the whole configuration before anything is built from a part of it. */
import { readBootstrap } from './bootstrap.config.js';
import { ConfigurationError } from './configuration.error.js';
import { parseEnvironment } from './environment.schema.js';
import { readTls } from './tls.config.js';

/** @throws ConfigurationError listing the problems of variables and bootstrap file together */
export function checkConfiguration(environment: NodeJS.ProcessEnv): void {
  const found = [parseEnvironment, readTls, readBootstrap].flatMap((read) => {
    try {
      read(environment);
      return [];
    } catch (error) {
      if (error instanceof ConfigurationError) return error.problems;
      throw error;
    }
  });
  // What is wrong with a variable is found by everything that reads it.
  const problems = [...new Set(found)];
  if (problems.length > 0) throw new ConfigurationError(problems);
}
