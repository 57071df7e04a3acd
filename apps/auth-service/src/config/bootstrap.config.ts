/** Configuration namespace `bootstrap`: the clients, resources and accounts that a deployment declares in a file. */
import { readFileSync } from 'node:fs';
import { registerAs } from '@nestjs/config';
import { type Bootstrap, parseBootstrap } from '../bootstrap/bootstrap.file.js';
import { ConfigurationError } from './configuration.error.js';

export const bootstrapConfig = registerAs('bootstrap', () => readBootstrap(process.env));

/**
 * What the bootstrap file declares; nothing where there is no file.
 * @throws ConfigurationError listing every problem of the file and of the secrets that it names
 */
export function readBootstrap(environment: NodeJS.ProcessEnv): Bootstrap {
  const path = environment['AUTH_BOOTSTRAP_FILE'];
  if (path === undefined || path === '') {
    return {
      resources: [],
      clients: [],
      accounts: [],
      partners: [],
      groups: [],
      upstreams: [],
      authorizationDetailsTypes: [],
    };
  }
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const { message } = error as NodeJS.ErrnoException;
    throw new ConfigurationError([`AUTH_BOOTSTRAP_FILE cannot be read: ${message}`]);
  }
  return parseBootstrap(text, environment);
}
