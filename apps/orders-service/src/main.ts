/** Starts orders-service and says where it listens, or why it cannot. */
import 'reflect-metadata';
import { createLogger, ServiceDrain } from '@keyward/observability';
import { createApplication } from './application.js';
import { readOrdersConfiguration } from './config/orders.config.js';
import { startupProblem } from './startup-problem.js';

async function start(): Promise<void> {
  // Read before the application is made, so that a problem is told without a stack trace.
  const { observability, host, port, drainMs } = readOrdersConfiguration(process.env);
  const logger = createLogger('orders-service', observability);
  const app = await createApplication(logger);
  app.get(ServiceDrain).endOnSignals(app, drainMs);
  await app.listen(port, host);
  app.flushLogs();
  logger.log(`orders-service is ready at ${await app.getUrl()}`, 'OrdersService');
}

start().catch((error: unknown) => {
  process.stderr.write(`orders-service cannot start: ${startupProblem(error)}\n`);
  process.exit(1);
});
