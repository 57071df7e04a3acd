/** Configuration namespace `session`: how long a person stays signed in. */
import { registerAs } from '@nestjs/config';
import { parseEnvironment } from './environment.schema.js';

/** Lifetimes of a sign-in session. */
export interface SessionConfig {
  /** Ends a session that was not used for so long. Default: 2 hours. */
  readonly idleSeconds: number;
  /** Ends a session so long after its sign-in, used or not. Default: 12 hours. */
  readonly absoluteSeconds: number;
  /** How long a browser in which a factor was proven is not asked for it again. Default: 0, never. */
  readonly rememberDeviceSeconds: number;
}

export const sessionConfig = registerAs('session', (): SessionConfig => {
  const environment = parseEnvironment(process.env);
  return {
    idleSeconds: environment.AUTH_SESSION_IDLE_SECONDS,
    absoluteSeconds: environment.AUTH_SESSION_ABSOLUTE_SECONDS,
    rememberDeviceSeconds: environment.AUTH_REMEMBER_DEVICE_DAYS * 86_400,
  };
});
