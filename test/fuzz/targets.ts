/** Everything that is fuzzed, in the order of the report. */
import { type FuzzTarget } from './fuzz.target.js';
import { authServiceRedisTarget, authServiceTarget } from './targets/auth-service.target.js';
import { codecTarget } from './targets/codec.target.js';
import { documentsTarget } from './targets/documents.target.js';
import { feedTarget } from './targets/feed.target.js';
import { lengthTarget } from './targets/length.target.js';
import { ordersServiceTarget, paymentsServiceTarget } from './targets/resource-server.target.js';
import { storefrontTarget } from './targets/storefront.target.js';
import { proofTarget } from './targets/proof.target.js';
import { tokenTarget } from './targets/token.target.js';

export const TARGETS: readonly FuzzTarget[] = [
  tokenTarget,
  proofTarget,
  codecTarget,
  lengthTarget,
  documentsTarget,
  feedTarget,
  authServiceTarget,
  authServiceRedisTarget,
  ordersServiceTarget,
  paymentsServiceTarget,
  storefrontTarget,
];
