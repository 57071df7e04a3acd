/** Configuration namespace `lifecycle`: how this process ends. */
import { registerAs } from '@nestjs/config';
import { parseEnvironment } from './environment.schema.js';

/** How long each step of an end may take, in milliseconds. */
export interface LifecycleConfig {
  /** From "not ready" to the closed port: until every proxy has noticed. Default: 5000, 0 outside production. */
  readonly drainMs: number;
  /** What requests under way have after that. Default: 10,000. */
  readonly shutdownTimeoutMs: number;
}

const PRODUCTION_DRAIN_MS = 5000;

export const lifecycleConfig = registerAs('lifecycle', (): LifecycleConfig => {
  const environment = parseEnvironment(process.env);
  return {
    // Nobody stands in front of a development machine: there Ctrl-C means now.
    drainMs:
      environment.AUTH_DRAIN_MS ??
      (environment.NODE_ENV === 'production' ? PRODUCTION_DRAIN_MS : 0),
    shutdownTimeoutMs: environment.AUTH_SHUTDOWN_TIMEOUT_MS,
  };
});
