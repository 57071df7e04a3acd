/** The environment variables of mail: their form, and that they go together. */
import { z } from 'zod';

// Small, and stricter than RFC 5322: what is not taken here no mail server would be sure to take.
const ADDRESS_ONLY = String.raw`[^\s<>@,;:"]{1,64}@[^\s<>@,;:"]{1,190}`;
const ADDRESS = new RegExp(`^(?:${ADDRESS_ONLY}|[^<>@,;:"\\r\\n]{1,100} <${ADDRESS_ONLY}>)$`);

const smtpUrl = z.string().refine((value) => {
  if (!URL.canParse(value)) return false;
  const { protocol, hostname, pathname, search, hash } = new URL(value);
  const bare = ['', '/'].includes(pathname) && search === '' && hash === '';
  return ['smtp:', 'smtps:'].includes(protocol) && hostname !== '' && bare;
}, 'must be smtp://user:password@host:587 or smtps://user:password@host:465');

export const MAIL_VARIABLES = {
  AUTH_SMTP_URL: smtpUrl.optional(),
  AUTH_MAIL_FROM: z
    .string()
    .regex(ADDRESS, 'must be an address such as login@example.com or Example <login@example.com>')
    .optional(),
};

/** What is wrong with the variables of mail together. */
export function findMailProblems(environment: NodeJS.ProcessEnv): string[] {
  const [url, from] = [environment['AUTH_SMTP_URL'], environment['AUTH_MAIL_FROM']];
  if ((url === undefined) === (from === undefined)) return [];
  return ['AUTH_SMTP_URL and AUTH_MAIL_FROM go together: one of them is missing'];
}
