/** @keyward/auth/terminus: a health indicator; needs @nestjs/terminus. */
export {
  KeywardHealthIndicator,
  type IssuerHealth,
} from './observability/keyward.health-indicator.js';
