/** What a fault is: something that goes wrong, and what was promised for that case. */
import { type Kind } from './load/ledger.js';
import { type MixedLoad } from './load/mixed.load.js';
import { type FaultWorld } from './world/fault.world.js';

/** Where a fault happens. */
export interface FaultStage {
  readonly world: FaultWorld;
  readonly load: MixedLoad;
  /** Notes that a promise was broken, in words. */
  broken(what: string): void;
}

/** One row of the table. A kind of request that a fault does not name goes on as if nothing had happened. */
export interface Fault {
  /** For `--only`. */
  readonly name: string;
  /** What is done, and for how long. */
  readonly what: string;
  /** What is promised for that case. */
  readonly promise: string;
  /** May be put off: 503 with Retry-After. */
  readonly mayWait?: readonly Kind[];
  /** Connections may break off. */
  readonly mayBreak?: readonly Kind[];
  /** May be refused so, or be told what is not true, by the beginning of the detail. */
  readonly mayRefuse?: Readonly<Partial<Record<Kind, readonly string[]>>>;
  /** At least one of these is not answered well: else nothing has happened. */
  readonly feltBy?: readonly Kind[];
  /** How long all may take to be well again, in milliseconds. */
  readonly recoversWithinMs?: number;
  /** Resolves when the fault is over. */
  readonly inflict: (stage: FaultStage) => Promise<void>;
  /** Looks at what is left of it when all is well again. */
  readonly inspect?: (stage: FaultStage) => Promise<void>;
}

/** What needs Redis: "token and introspection answer 503", and pages keep their state there. */
export const NEEDS_REDIS = [
  'clientCredentials',
  'refresh',
  'introspection',
  'authorize',
  'signIn',
  'administration',
] as const satisfies readonly Kind[];

/** What needs PostgreSQL: "sign-in, new grants, revocation, a miss and administration". */
export const NEEDS_POSTGRES = [
  'clientCredentials',
  'revocation',
  'authorize',
  'signIn',
  'administration',
] as const satisfies readonly Kind[];

/** Whatever auth-service answers. */
export const NEEDS_AUTH_SERVICE = [
  ...NEEDS_REDIS,
  'revocation',
  'keys',
] as const satisfies readonly Kind[];

/** Resource servers that do not trust a silent feed. */
export const NEEDS_THE_FEED = [
  'introspectingService',
  'rejectingService',
] as const satisfies readonly Kind[];

/** Sign-ins that were under way when Redis forgot are begun again. */
export const FORGOTTEN_SIGN_IN = {
  authorize: ['404'],
  signIn: ['400', '403', '404', 'redirect'],
} as const;
