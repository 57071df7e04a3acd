/** Configuration namespace `registration`: whether clients register themselves, and for how long. */
import { registerAs } from '@nestjs/config';
import { parseEnvironment } from './environment.schema.js';

/** How others may register clients. */
export interface RegistrationConfig {
  /** `token`: whoever has an initial access token may. */
  readonly dynamic: 'off' | 'token';
  /** Hosts that may publish clients; `*`: every one; none: off. */
  readonly documentHosts: readonly string[];
  /** All that such clients may ever ask for. */
  readonly documentScopes: readonly string[];
  /** After so many days a registered client that nobody ever allowed anything is forgotten. */
  readonly unusedDays: number;
}

export const registrationConfig = registerAs('registration', (): RegistrationConfig => {
  const environment = parseEnvironment(process.env);
  return {
    dynamic: environment.AUTH_DYNAMIC_REGISTRATION,
    documentHosts: environment.AUTH_CLIENT_METADATA_DOCUMENTS,
    documentScopes: environment.AUTH_CLIENT_METADATA_DOCUMENT_SCOPES ?? [],
    unusedDays: environment.AUTH_REGISTRATION_UNUSED_DAYS,
  };
});
