/** Rules about what leaves the server for places that others named. */
import { type DoctorRule } from './diagnosis.js';

export const OUTBOUND_RULES: readonly DoctorRule[] = [
  {
    name: 'outbound-private',
    severity: 'note',
    clause: 'RFC 7591 section 5; OWASP ASVS 5.0 section 1.3.6',
    find: ({ environment: { AUTH_OUTBOUND_ALLOWED_HOSTS: allowed } }) =>
      allowed === undefined
        ? []
        : [
            {
              finding: `URLs of clients may lead to private addresses of ${[...allowed.hosts, ...allowed.networks].join(', ')}`,
              remedy: 'name single hosts with their port rather than networks, and no more of them',
            },
          ],
  },
];
