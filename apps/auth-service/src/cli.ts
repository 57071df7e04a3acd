/** `keyward`, the command line: `node dist/cli.js`, or bin/keyward.mjs. */
import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CliModule } from './cli/cli.module.js';
import { KeywardProgram } from './cli/keyward.program.js';

// A reader that has seen enough, as `head` has, is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});
// The answer is all that is printed; what is audited is in the record.
Logger.overrideLogger(['error', 'fatal']);
const context = await NestFactory.createApplicationContext(CliModule, { logger: false });
process.exitCode = await context.get(KeywardProgram).run(process.argv.slice(2));
await context.close();
