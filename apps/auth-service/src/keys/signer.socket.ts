/** Requests to a signer behind a local Unix socket: HTTP and JSON, bounded in time, size and number. */
import { Agent, type IncomingMessage, request } from 'node:http';
import { stat } from 'node:fs/promises';
import { StartupError } from '../config/startup.error.js';
import { SignerUnavailableError } from './signer.js';

/** Connections that are kept open; one request at a time on each. */
const MAX_CONNECTIONS = 16;

/** Requests that wait or are answered; more are refused at once rather than late. */
const MAX_PENDING = 512;

const MAX_ANSWER_BYTES = 65_536;

const OTHERS_MAY_CONNECT = 0o002;

/** What a signer answered. */
export interface SignerAnswer {
  readonly status: number;
  /** Undefined where there was nothing. */
  readonly body: unknown;
}

/** One request of the protocol. */
export interface SignerRequest {
  readonly method: 'POST' | 'DELETE';
  readonly path: string;
  readonly body?: object;
  /** Where it may take longer than the configuration says, in milliseconds. */
  readonly atLeastMs?: number;
}

/** Connects when it is needed, and again when the signer comes back. */
export class SignerSocket {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: MAX_CONNECTIONS });
  private pending = 0;

  constructor(
    private readonly path: string,
    private readonly timeoutMs: number,
  ) {}

  /** @throws SignerUnavailableError where there is no answer, or none in time, or one that is no JSON */
  async ask(asked: SignerRequest): Promise<SignerAnswer> {
    if (this.pending >= MAX_PENDING) {
      throw new SignerUnavailableError(`${this.pending} requests wait for the signer already`);
    }
    this.pending += 1;
    const timeoutMs = Math.max(this.timeoutMs, asked.atLeastMs ?? 0);
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      return await this.send(asked, signal).catch((error: unknown) => {
        // A connection that the signer closed while it was idle: nothing was done on it.
        if (!(error instanceof IdleConnectionError)) throw error;
        return this.send(asked, signal);
      });
    } catch (error) {
      const why = signal.aborted
        ? `did not answer within ${timeoutMs} ms`
        : error instanceof Error
          ? error.message
          : String(error);
      throw new SignerUnavailableError(`the signer at ${this.path}: ${why}`, { cause: error });
    } finally {
      this.pending -= 1;
    }
  }

  /**
   * Whoever may connect may sign as this server, so a socket that everybody may write to is refused.
   * @throws StartupError with what to do
   */
  async checkPermissions(): Promise<void> {
    const found = await stat(this.path).catch(() => null);
    // One that is not there yet is no danger: it is answered 503.
    if (found === null || (found.mode & OTHERS_MAY_CONNECT) === 0) return;
    throw new StartupError(
      `${this.path} is open to every user of this machine: let the signer create it with mode 0660 or less`,
    );
  }

  close(): void {
    this.agent.destroy();
  }

  private send({ method, path, body }: SignerRequest, signal: AbortSignal): Promise<SignerAnswer> {
    const text = body === undefined ? '' : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const sent = request({
        socketPath: this.path,
        agent: this.agent,
        method,
        path,
        signal,
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) },
      });
      sent.once('response', (answer) => void readAnswer(answer).then(resolve, reject));
      sent.once('error', (error: NodeJS.ErrnoException) => {
        const wasIdle =
          sent.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
        reject(wasIdle ? new IdleConnectionError(error.message) : error);
      });
      sent.end(text);
    });
  }
}

class IdleConnectionError extends Error {}

async function readAnswer(answer: IncomingMessage): Promise<SignerAnswer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) {
      answer.destroy();
      throw new Error(`answered with more than ${MAX_ANSWER_BYTES} bytes`);
    }
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString();
  const status = answer.statusCode ?? 0;
  try {
    return { status, body: text === '' ? undefined : JSON.parse(text) };
  } catch {
    throw new Error(`answered ${status} with what is no JSON`);
  }
}
