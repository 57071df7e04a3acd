/** Configuration namespace `observability`: log, metrics and traces. */
import { registerAs } from '@nestjs/config';
import { observabilityOf, type ObservabilityOptions } from '@keyward/observability';
import { parseEnvironment } from './environment.schema.js';

export const observabilityConfig = registerAs('observability', (): ObservabilityOptions => {
  const environment = parseEnvironment(process.env);
  return observabilityOf('AUTH', environment, environment.NODE_ENV === 'production');
});
