/** Serves metrics on a port of its own, which no proxy passes on. */
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { addMetrics, type ScrapedMetric } from './scraped.metric.js';

const REQUEST_TIMEOUT_MS = 5000;

/** Whoever reaches the port may read: it holds numbers and names of the configuration, no secret. */
export class MetricsServer {
  private readonly registry = new Registry();
  private server: Server | null = null;

  /** Metrics of the process itself come along: memory, event-loop delay, garbage collection. */
  constructor(metrics: readonly ScrapedMetric[]) {
    collectDefaultMetrics({ register: this.registry });
    addMetrics(this.registry, metrics);
  }

  /**
   * Resolves to the port that it listens on.
   * @throws Error where that is taken
   */
  async listen(host: string, port: number): Promise<number> {
    const server = createServer((request, response) => {
      const path = request.url?.split('?', 1)[0];
      if (request.method !== 'GET' || path !== '/metrics') {
        response.writeHead(404, { 'content-type': 'text/plain' }).end('GET /metrics\n');
        return;
      }
      void this.registry.metrics().then(
        (text) => {
          response.writeHead(200, { 'content-type': this.registry.contentType }).end(text);
        },
        () => response.writeHead(500).end(),
      );
    });
    server.requestTimeout = REQUEST_TIMEOUT_MS;
    server.headersTimeout = REQUEST_TIMEOUT_MS;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, resolve);
    });
    this.server = server;
    return (server.address() as AddressInfo).port;
  }

  /** What would be scraped now. */
  text(): Promise<string> {
    return this.registry.metrics();
  }

  async close(): Promise<void> {
    const { server } = this;
    this.server = null;
    this.registry.clear();
    if (server === null) return;
    await new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  }
}
