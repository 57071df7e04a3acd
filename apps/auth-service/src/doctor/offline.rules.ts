/** The rules that need nothing but the configuration: for the doctor, and for the start of the server. */
import { CLIENT_RULES } from './client.rules.js';
import { DEPLOYMENT_RULES } from './deployment.rules.js';
import { type DoctorRule } from './diagnosis.js';
import { FILE_RULES } from './file.rules.js';
import { OUTBOUND_RULES } from './outbound.rules.js';
import { TOKEN_RULES } from './token.rules.js';
import { TRANSPORT_RULES } from './transport.rules.js';

export const OFFLINE_RULES: readonly DoctorRule[] = [
  ...TRANSPORT_RULES,
  ...DEPLOYMENT_RULES,
  ...OUTBOUND_RULES,
  ...TOKEN_RULES,
  ...CLIENT_RULES,
  ...FILE_RULES,
];
