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
  {
    name: 'client-documents',
    severity: 'warning',
    clause: 'draft-ietf-oauth-client-id-metadata-document-01 section 6.8',
    find: ({ environment: { AUTH_CLIENT_METADATA_DOCUMENTS: hosts } }) =>
      hosts.includes('*')
        ? [
            {
              finding: 'every host may have clients, and makes this server ask for their documents',
              remedy: 'name the hosts in AUTH_CLIENT_METADATA_DOCUMENTS',
            },
          ]
        : [],
  },
];
