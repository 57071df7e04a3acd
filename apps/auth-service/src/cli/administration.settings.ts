/** Which server is administered, and as which client: from the environment, because arguments show in `ps`. */
import { readSecret } from '@keyward/configuration';
import { CommandUsageError } from './command.error.js';

/** What a connection to the administration API needs. */
export interface AdministrationSettings {
  readonly issuer: URL;
  readonly clientId: string;
  readonly clientSecret: string;
}

const REMEDY =
  'Administration goes through the server: KEYWARD_ISSUER says which, KEYWARD_CLIENT_ID and ' +
  'KEYWARD_CLIENT_SECRET (or KEYWARD_CLIENT_SECRET_FILE) as which client.';

const LOOPBACK = ['127.0.0.1', '[::1]', 'localhost'];

/** @throws CommandUsageError naming everything that is wrong, and no value of a secret */
export function administrationSettings(environment: NodeJS.ProcessEnv): AdministrationSettings {
  const { KEYWARD_ISSUER: issuer, KEYWARD_CLIENT_ID: clientId } = environment;
  const { value: clientSecret, problem } = readSecret(environment, 'KEYWARD_CLIENT_SECRET');
  const problems = [
    issuerProblem(issuer),
    clientId ? null : 'KEYWARD_CLIENT_ID is not set',
    problem ?? (clientSecret === undefined ? 'KEYWARD_CLIENT_SECRET is not set' : null),
  ].filter((found) => found !== null);
  if (problems.length > 0 || !issuer || !clientId || clientSecret === undefined) {
    throw new CommandUsageError(problems.join('; '), REMEDY);
  }
  return { issuer: new URL(issuer), clientId, clientSecret };
}

/** The secret goes there: only by TLS, or to this machine. */
function issuerProblem(issuer: string | undefined): string | null {
  if (!issuer) return 'KEYWARD_ISSUER is not set';
  if (!URL.canParse(issuer)) return 'KEYWARD_ISSUER must be a URL';
  const { protocol, hostname } = new URL(issuer);
  if (protocol === 'https:' || (protocol === 'http:' && LOOPBACK.includes(hostname))) return null;
  return 'KEYWARD_ISSUER must be https, or http on loopback';
}
