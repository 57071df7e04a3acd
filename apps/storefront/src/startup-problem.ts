/** Says why a start failed in words that lead to the cure. */

/** @returns a sentence without a stack trace, with the causes that are known */
export function startupProblem(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, address, port } = error as NodeJS.ErrnoException & {
    address?: string;
    port?: number;
  };
  if (code === 'EADDRINUSE') {
    return `port ${port} of ${address} is in use: stop what listens there, or set STOREFRONT_PORT`;
  }
  if (code === 'EADDRNOTAVAIL') {
    return `this machine has no address ${address}: set STOREFRONT_HOST`;
  }
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}
