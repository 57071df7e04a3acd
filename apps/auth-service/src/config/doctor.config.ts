/** Configuration namespace `doctor`: all of it, for the rules that look at it as a whole. */
import { registerAs } from '@nestjs/config';
import { readBootstrap } from './bootstrap.config.js';
import { parseEnvironment } from './environment.schema.js';

export const doctorConfig = registerAs('doctor', () => ({
  environment: parseEnvironment(process.env),
  bootstrap: readBootstrap(process.env),
  variables: { ...process.env },
}));
