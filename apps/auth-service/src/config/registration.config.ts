/** Configuration namespace `registration`: whether clients register themselves, and for how long. */
import { registerAs } from '@nestjs/config';
import { parseEnvironment } from './environment.schema.js';

/** How others may register clients. */
export interface RegistrationConfig {
  /** `token`: whoever has an initial access token may. */
  readonly dynamic: 'off' | 'token';
  /** After so many days a registered client that nobody ever allowed anything is forgotten. */
  readonly unusedDays: number;
}

export const registrationConfig = registerAs('registration', (): RegistrationConfig => {
  const environment = parseEnvironment(process.env);
  return {
    dynamic: environment.AUTH_DYNAMIC_REGISTRATION,
    unusedDays: environment.AUTH_REGISTRATION_UNUSED_DAYS,
  };
});
