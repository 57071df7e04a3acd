/** One route under attack: sends it tokens, and holds every answer against what RFC 6750 says. */
import assert from 'node:assert/strict';
import { type HandlerCalls } from './handler-calls.js';
import {
  exchange,
  originOf,
  type ReceivedAnswer,
  type ResourceServerTarget,
  type SentRequest,
} from './resource-server.target.js';

/** Which route, and what it does when it is reached. */
export interface RouteDescription {
  readonly target: () => ResourceServerTarget;
  readonly method: string;
  readonly path: string;
  /** JSON that the route takes. */
  readonly body: object | undefined;
  readonly acceptedStatus: number;
  readonly handlerCalls: HandlerCalls | undefined;
}

/** What is not usual about one request. */
export type Carriage = Partial<Omit<SentRequest, 'method'>>;

/** What a refusal says. */
export interface ExpectedChallenge {
  readonly status: 400 | 401 | 403;
  /** Undefined for a bare challenge: whoever sent no token made no error. */
  readonly error: 'invalid_request' | 'invalid_token' | 'insufficient_scope' | undefined;
}

/** A route that is asked again and again; what it answers is asserted by `node:assert`. */
export class AttackedRoute {
  constructor(private readonly route: RouteDescription) {}

  get method(): string {
    return this.route.method;
  }

  get path(): string {
    return this.route.path;
  }

  async send(carriage: Carriage): Promise<ReceivedAnswer> {
    const { target, method, path, body } = this.route;
    const json: Record<string, string> =
      body === undefined ? {} : { 'content-type': 'application/json' };
    const sent = {
      path,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...carriage,
      method,
      headers: { ...json, ...carriage.headers },
    };
    return exchange(await originOf(target()), sent);
  }

  withToken(token: string): Promise<ReceivedAnswer> {
    return this.send({ headers: { authorization: `Bearer ${token}` } });
  }

  /** The control beside every attack: without it a server that refuses everybody would pass. */
  async accepts(token: string): Promise<void> {
    const before = this.route.handlerCalls?.count;
    const answer = await this.withToken(token);
    assert.equal(
      answer.status,
      this.route.acceptedStatus,
      `a good token was answered ${say(answer)}`,
    );
    if (before === undefined) return;
    assert.equal(this.route.handlerCalls?.count, before + 1, 'the handler was not called');
  }

  /** @returns the challenge */
  async refuses(
    carriage: Carriage,
    expected: ExpectedChallenge,
    secrets: readonly string[] = [],
  ): Promise<string> {
    const before = this.route.handlerCalls?.count;
    const answer = await this.send(carriage);
    assert.equal(this.route.handlerCalls?.count, before, 'a handler was called');
    assert.equal(answer.status, expected.status, `answered ${say(answer)}`);
    const challenge = answer.headers['www-authenticate'] ?? '';
    assert.match(challenge, /^Bearer\b/, `answered ${say(answer)}`);
    assert.equal(/\berror="([^"]*)"/.exec(challenge)?.[1], expected.error, challenge);
    const told = JSON.stringify([answer.headers, answer.body]);
    for (const secret of secrets) assert.ok(!told.includes(secret), 'the answer repeats the token');
    assert.doesNotMatch(told, /\bat .*:\d+:\d+|node_modules/, 'the answer holds a stack trace');
    return challenge;
  }

  /** Twice, since nothing that is remembered of the first attempt may help the second. */
  async refusesToken(token: string): Promise<void> {
    const headers = { authorization: `Bearer ${token}` };
    const secrets = [token, token.split('.')[2] ?? ''].filter(({ length }) => length >= 16);
    for (let attempt = 1; attempt <= 2; attempt += 1) {
      await this.refuses({ headers }, { status: 401, error: 'invalid_token' }, secrets);
    }
  }
}

function say({ status, headers }: ReceivedAnswer): string {
  return `${status}, ${headers['www-authenticate'] ?? 'without a challenge'}`;
}
