/** Configuration namespace `outbound`: where requests to URLs of others may lead. */
import { registerAs } from '@nestjs/config';
import { type OutboundRules } from '../outbound/outbound.policy.js';
import { parseEnvironment } from './environment.schema.js';

export type OutboundConfig = OutboundRules;

export const outboundConfig = registerAs('outbound', (): OutboundConfig => {
  const environment = parseEnvironment(process.env);
  return {
    allowedHosts: environment.AUTH_OUTBOUND_ALLOWED_HOSTS?.hosts ?? [],
    allowedNetworks: environment.AUTH_OUTBOUND_ALLOWED_HOSTS?.networks ?? [],
    allowLoopback: environment.NODE_ENV !== 'production',
  };
});
