/** Metadata and JWK Sets as the library fetches them: whatever an issuer answers, a token is refused or undecided. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import fc from 'fast-check';
import { jwtVerify } from 'jose';
import {
  AccessTokenVerifier,
  createTrusts,
  KeysUnavailableError,
  RefusedTokenError,
} from '@keyward/auth';
import { type FuzzTarget, fuzzTarget, Violation } from '../fuzz.target.js';
import { hostileText, mutate, type Mutation, oddJson, seldomMutation } from '../hostile.text.js';
import { SigningKeys } from '../signing.keys.js';

type Member = readonly [name: string, value: unknown];

/** What an issuer answers, right but for this. */
interface DocumentsInput {
  readonly metadata: readonly Member[];
  readonly metadataText: Mutation | null;
  readonly key: readonly Member[];
  readonly more: readonly unknown[];
  readonly set: readonly Member[];
  readonly setText: Mutation | null;
  readonly contentType: string;
  readonly cacheControl: string;
}

const AUDIENCE = 'https://orders.example';

function members(names: readonly string[], weight: number) {
  const member = fc.tuple(fc.oneof(fc.constantFrom(...names), hostileText), oddJson);
  return fc.oneof(
    { weight, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(member, { minLength: 1, maxLength: 3 }) },
  );
}

const KEY_MEMBERS = [
  'kty',
  'crv',
  'x',
  'y',
  'n',
  'e',
  'd',
  'k',
  'kid',
  'use',
  'key_ops',
  'alg',
  'x5c',
];

const INPUTS: fc.Arbitrary<DocumentsInput> = fc.record({
  metadata: members(['issuer', 'jwks_uri', 'token_endpoint'], 4),
  metadataText: seldomMutation,
  key: members(KEY_MEMBERS, 2),
  more: fc.array(oddJson, { maxLength: 3 }),
  set: members(['keys', 'issuer', 'note'], 4),
  setText: seldomMutation,
  // What no header can hold would fail here and not there.
  contentType: fc.constantFrom('application/json', 'text/html', '', 'application/json; charset=x'),
  cacheControl: fc.constantFrom(
    '',
    'no-store',
    'max-age=99999999999',
    'max-age=-1',
    'max-age="5',
    '=,=',
  ),
});

export const documentsTarget: FuzzTarget = fuzzTarget<DocumentsInput>({
  name: 'documents',
  share: 2,
  parallel: 4,
  async open() {
    const keys = new SigningKeys(['ES256']);
    const answers = new Map<string, { input: DocumentsInput; metadata: string; jwks: string }>();
    const server = createServer((request, response) => {
      const [, place = '', id = ''] = /^\/(.*)\/(\d+)(?:\/jwks)?$/.exec(request.url ?? '') ?? [];
      const answer = answers.get(id);
      if (answer === undefined) return void response.writeHead(404).end();
      const { contentType, cacheControl } = answer.input;
      response.writeHead(200, { 'content-type': contentType, 'cache-control': cacheControl });
      const text = place.startsWith('.well-known') ? answer.metadata : answer.jwks;
      response.end(Buffer.from(text, 'latin1'));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    let serial = 0;
    return {
      inputs: INPUTS,
      async check(input: DocumentsInput) {
        const id = String((serial += 1));
        const issuer = `${origin}/issuer/${id}`;
        const metadata = { issuer, jwks_uri: `${origin}/keys/${id}/jwks` };
        const [key = {}] = keys.publicJwks;
        const set = { keys: [objectOf(key, input.key), ...input.more] };
        const jwks = textOf(objectOf(set, input.set), input.setText);
        answers.set(id, {
          ...{ input, jwks },
          metadata: textOf(objectOf(metadata, input.metadata), input.metadataText),
        });
        try {
          return await outcomeOf(issuer, keys);
        } finally {
          answers.delete(id);
        }
      },
      async close() {
        server.closeAllConnections();
        server.close();
        await once(server, 'close');
      },
    };
  },
});

async function outcomeOf(issuer: string, keys: SigningKeys): Promise<string> {
  const token = tokenBy(keys, issuer);
  const observer = { keysFetched: () => undefined, keysFetchFailed: () => undefined };
  const trusts = createTrusts(
    [{ issuer, audience: AUDIENCE, algorithms: ['ES256'] }],
    observer,
    Date.now,
  );
  try {
    await new AccessTokenVerifier(trusts).verify(token);
  } catch (error) {
    const expected = error instanceof RefusedTokenError || error instanceof KeysUnavailableError;
    if (expected) return `${error.stage}: ${error.reason}`;
    throw error;
  }
  await jwtVerify(token, keys.at(0).publicKey).catch((error: unknown) => {
    throw new Violation(`accepted, but by jose refused: ${String(error)}`);
  });
  return 'accepted';
}

function tokenBy(keys: SigningKeys, iss: string): string {
  const { alg, kid } = keys.at(0);
  const iat = Math.floor(Date.now() / 1000);
  const claims = {
    iss,
    sub: 'alice',
    aud: AUDIENCE,
    exp: iat + 300,
    iat,
    jti: 'a',
    client_id: 'b',
  };
  const input = [{ alg, kid, typ: 'at+jwt' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${input}.${keys.at(0).sign(input)}`;
}

function objectOf(good: object, others: readonly Member[]): object {
  return Object.fromEntries([...Object.entries(good), ...others]);
}

function textOf(value: object, how: Mutation | null): string {
  const text = Buffer.from(JSON.stringify(value), 'utf8').toString('latin1');
  return how === null ? text : mutate(text, how);
}
