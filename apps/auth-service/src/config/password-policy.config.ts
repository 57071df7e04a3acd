/** Configuration namespace `passwordPolicy`: how long a password is at least. */
import { registerAs } from '@nestjs/config';
import { parseEnvironment } from './environment.schema.js';

/** What is asked of a password that a person chooses; there is no rule about its characters. */
export interface PasswordPolicyConfig {
  /** In characters as Unicode counts them. Default: 12. */
  readonly minLength: number;
}

export const passwordPolicyConfig = registerAs('passwordPolicy', (): PasswordPolicyConfig => ({
  minLength: parseEnvironment(process.env).AUTH_PASSWORD_MIN_LENGTH,
}));
