/** Rules about the files that hold secrets. */
import { statSync } from 'node:fs';
import { type Deployment, type DoctorRule, type Finding } from './diagnosis.js';

const OTHERS = 0o007;

/** A variable that names a file with a secret: a key, or whatever else ends like that. */
function secretFiles({ variables, environment }: Deployment): [name: string, path: string][] {
  const named = Object.entries(variables).filter(
    ([name, path]) =>
      name.endsWith('_FILE') &&
      path !== undefined &&
      path !== '' &&
      !/^AUTH_(TLS_|BOOTSTRAP_FILE)/.test(name) &&
      (name.startsWith('AUTH_') || name.startsWith('REDIS_') || name === 'DATABASE_URL_FILE'),
  ) as [string, string][];
  const { AUTH_TLS_KEY_FILE: key } = environment;
  return key === undefined ? named : [...named, ['AUTH_TLS_KEY_FILE', key]];
}

export const FILE_RULES: readonly DoctorRule[] = [
  {
    name: 'secret-file-mode',
    severity: 'warning',
    clause: 'OWASP ASVS 5.0 section 13.3',
    find: (deployment): readonly Finding[] =>
      secretFiles(deployment)
        .filter(([, path]) => isOpen(path))
        .map(([name]) => ({
          finding: `everybody on this machine can read the file of ${name}`,
          remedy: 'take its permissions for others away (chmod o-rwx)',
        })),
  },
];

function isOpen(path: string): boolean {
  try {
    return (statSync(path).mode & OTHERS) !== 0;
  } catch {
    // That it cannot be read is said by the configuration.
    return false;
  }
}
