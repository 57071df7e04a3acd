/** The record of every decision: who, which client, what, with which outcome and why. */
import { type Origin } from '../http/request.origin.js';

/** One decision. Never a token, a code, a password or a cookie. */
export interface AuditEvent {
  /** Whose request asked for it; `BACKGROUND` where none did. */
  readonly origin: Origin;
  /** What was decided, noun and verb: `sign_in.password`, `authorization.granted`, `refresh.reused`. */
  readonly type: string;
  readonly outcome: 'success' | 'failure';
  /** The operator's word for why; the client is told at most the RFC's. */
  readonly reason?: string;
  readonly accountId?: string;
  readonly clientId?: string;
  readonly grantId?: string;
  readonly sid?: string;
  /** Anything else, small. */
  readonly detail?: Readonly<Record<string, string | number | boolean>>;
}

/** Written behind the response, in batches; never makes a request wait or fail. */
export abstract class AuditTrail {
  /** @returns the reference by which an operator finds the record */
  abstract record(event: AuditEvent): string;
}
