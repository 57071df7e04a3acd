// Finds a busy port before anything is started.
import { createServer } from 'node:net';

/**
 * Resolves where the service's address is free.
 * @throws Error that names the port and the variable to change
 */
export function assertPortFree({ name, host, port, portVariable }) {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error) => {
      const what =
        error.code === 'EADDRINUSE'
          ? 'is in use'
          : `cannot be used (${error.code ?? error.message})`;
      reject(
        new Error(
          `Port ${port} on ${host} ${what}, so ${name} cannot start. ` +
            `Stop what listens there, or choose another: ${portVariable}=${port + 100} npm start`,
        ),
      );
    });
    probe.listen({ host, port, exclusive: true }, () => probe.close(() => resolve()));
  });
}
