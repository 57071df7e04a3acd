/** Says why a start failed in words that lead to the cure. */

/** @returns a sentence without a stack trace, with the causes that are known */
export function startupProblem(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, address, port } = error as NodeJS.ErrnoException & {
    address?: string;
    port?: number;
  };
  if (code === 'EADDRINUSE') {
    return `port ${port} of ${address} is in use: stop what listens there, or set ORDERS_PORT`;
  }
  if (code === 'EADDRNOTAVAIL') {
    return `this machine has no address ${address}: set ORDERS_HOST`;
  }
  if (code === 'EACCES' && port !== undefined) {
    return `port ${port} is not for this user: set ORDERS_PORT`;
  }
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}
