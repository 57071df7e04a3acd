/** Port: who is told of each HTTP request; log, metrics and traces are. */
import { type IncomingMessage } from 'node:http';

/** What is known when a request arrives. Whoever observes keeps nothing of its headers but what it checked. */
export interface BegunRequest {
  readonly message: IncomingMessage;
  /** Its correlation id, where the service gives one. */
  readonly id: string | undefined;
}

/** How a request ended. */
export interface EndedRequest {
  readonly method: string;
  /** The template, such as `/orders/:id`, never the path that was asked for; {@link UNMATCHED} without one. */
  readonly route: string;
  readonly status: number;
  readonly durationMs: number;
  /** Whether the connection was gone before the answer was. */
  readonly aborted: boolean;
}

/** The route of a request that no handler is for. */
export const UNMATCHED = 'unmatched';

/** Calls that are alive for as long as both sides like, and calls of probes: they are not observed. */
export interface ObservedRequest {
  /** Called once, when the answer is sent or cannot be any more. */
  end(ended: EndedRequest): void;
  /** Runs what handles the request, so that whatever it does belongs to it. Default: runs it as it is. */
  run?(handle: () => void): void;
}

/** Told on the request path: it must be quick, and must not throw. */
export abstract class RequestObserver {
  /** @returns undefined for a request that it does not care about */
  abstract begin(request: BegunRequest): ObservedRequest | undefined;
}
