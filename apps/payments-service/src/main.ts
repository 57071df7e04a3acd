/** Starts payments-service and says where it listens, or why it cannot. */
import 'reflect-metadata';
import { createLogger, ServiceDrain } from '@keyward/observability';
import { createApplication } from './application.js';
import { readPaymentsConfiguration } from './config/payments.config.js';

async function start(): Promise<void> {
  // Read before the application is made, so that a problem is told without a stack trace.
  const { observability, host, port, drainMs } = readPaymentsConfiguration(process.env);
  const logger = createLogger('payments-service', observability);
  const app = await createApplication(logger);
  app.get(ServiceDrain).endOnSignals(app, drainMs);
  await app.listen(port, host);
  app.flushLogs();
  logger.log(`payments-service is ready at ${await app.getUrl()}`, 'PaymentsService');
}

start().catch((error: unknown) => {
  const { message, cause } = error instanceof Error ? error : new Error(String(error));
  const why = cause instanceof Error ? `${message} (${cause.message})` : message;
  process.stderr.write(`payments-service cannot start: ${why}\n`);
  process.exit(1);
});
