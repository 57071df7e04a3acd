/** Starts the storefront and says where it listens, or why it cannot. */
import 'reflect-metadata';
import { createLogger, ServiceDrain } from '@keyward/observability';
import { createApplication } from './application.js';
import { readStorefrontConfiguration } from './config/storefront.config.js';
import { startupProblem } from './startup-problem.js';

async function start(): Promise<void> {
  // Read before the application is made, so that a problem is told without a stack trace.
  const { observability, host, port, drainMs, publicUrl } = readStorefrontConfiguration(
    process.env,
  );
  const logger = createLogger('storefront', observability);
  const app = await createApplication(logger);
  app.get(ServiceDrain).endOnSignals(app, drainMs);
  await app.listen(port, host);
  app.flushLogs();
  logger.log(`the storefront is ready at ${publicUrl}`, 'Storefront');
}

start().catch((error: unknown) => {
  process.stderr.write(`the storefront cannot start: ${startupProblem(error)}\n`);
  process.exit(1);
});
