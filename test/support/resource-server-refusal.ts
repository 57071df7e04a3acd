/** What a refusal must look like from outside and from inside (RFC 6750 section 3, RFC 9728). */
import { type RefusalReason, type RefusalStage } from '@keyward/auth';
import { type Answer } from './resource-server-client.js';
import { RESOURCE_METADATA, type ResourceServer } from './resource-server.js';

/** The rule that was broken, and what must not be found anywhere. */
export interface ExpectedRefusal {
  readonly stage: RefusalStage;
  readonly reason: RefusalReason;
  /** The token or tokens that were sent. */
  readonly token?: string | readonly string[];
  /** Default OrdersController.list. */
  readonly handler?: string;
  /** A HEAD request gets no body. Default false. */
  readonly withoutBody?: boolean;
}

interface PublicAnswer {
  readonly status: number;
  readonly challenge: string;
  readonly body: object;
}

const metadata = `resource_metadata="${RESOURCE_METADATA}"`;
const invalidToken = (description: string): PublicAnswer => ({
  status: 401,
  challenge: `Bearer error="invalid_token", error_description="${description}", ${metadata}`,
  body: { error: 'invalid_token', error_description: description },
});
const SEND_ONE = 'Send one access token, in one Authorization header: Bearer <token>';

const NO_TOKEN: PublicAnswer = {
  status: 401,
  challenge: `Bearer ${metadata}`,
  body: { statusCode: 401, message: 'Unauthorized' },
};
const INVALID_REQUEST: PublicAnswer = {
  status: 400,
  challenge: `Bearer error="invalid_request", error_description="${SEND_ONE}", ${metadata}`,
  body: { error: 'invalid_request', error_description: SEND_ONE },
};
const EXPIRED = invalidToken('The access token expired');
const INVALID_TOKEN = invalidToken('The access token is not valid');

/** The client learns no more than this of why it was refused. */
function publicAnswer({ stage, reason }: ExpectedRefusal): PublicAnswer {
  if (reason === 'no_token') return NO_TOKEN;
  if (stage === 'extraction') return INVALID_REQUEST;
  return reason === 'expired' ? EXPIRED : INVALID_TOKEN;
}

/**
 * Asserts status, challenge and body to the letter, that the observer alone learnt stage and
 * reason, that no handler was reached, and that the token turned up nowhere.
 */
export function expectRefused(
  server: ResourceServer,
  answer: Answer,
  expected: ExpectedRefusal,
): void {
  const { status, challenge, body } = publicAnswer(expected);
  const { stage, reason, handler = 'OrdersController.list' } = expected;
  expect(server.refusals).toEqual([expect.objectContaining({ stage, reason, status, handler })]);
  expect(answer.headers['www-authenticate']).toBe(challenge);
  expect(answer.headers['cache-control']).toBe('no-store');
  expect(answer.status).toBe(status);
  if (expected.withoutBody) expect(answer.body).toBe('');
  else expect(JSON.parse(answer.body)).toEqual(body);
  expect(server.reached).toEqual([]);
  expect(server.logged.join('\n')).toContain(`${stage}: ${reason}`);
  expectNowhere(server, answer, [expected.token ?? []].flat());
}

/** Asserts that neither tokens nor their signatures are in the answer, the refusals or the log. */
export function expectNowhere(
  server: ResourceServer,
  answer: Answer,
  tokens: readonly string[],
): void {
  const seen = JSON.stringify([answer, server.refusals, server.logged]);
  for (const token of tokens) {
    const signature = token.split('.')[2] ?? '';
    for (const secret of [token, signature]) {
      // Shorter text is nobody's secret, and is found everywhere.
      if (secret.length >= 16) expect(seen).not.toContain(secret);
    }
  }
}

/**
 * Sends `token` to a handler that wants the scope `orders:read`, and asserts the refusal: twice,
 * since nothing that is remembered of the first attempt may help the second.
 */
export async function expectTokenRefused(
  server: ResourceServer,
  token: string,
  stage: RefusalStage,
  reason: RefusalReason,
): Promise<void> {
  for (let attempt = 1; attempt <= 2; attempt += 1) {
    const answer = await server.get('/orders', token);
    expectRefused(server, answer, { stage, reason, token });
  }
}

/** The control beside every family of attacks: `token` passes, so the refusals are not vacuous. */
export async function expectTokenAccepted(server: ResourceServer, token: string): Promise<void> {
  const answer = await server.get('/orders', token);
  expect({ refusals: server.refusals, status: answer.status }).toEqual({
    refusals: [],
    status: 200,
  });
  expect(server.reached).toEqual(['OrdersController.list']);
}
