/** Each way for a client to authenticate, as an issuer gets to see it. */
import { jwtVerify } from 'jose';
import { FixedKeySource } from '../jwks/fixed-key-source.js';
import { IntrospectionServer, type SeenQuestion } from '../spec-support/introspection-server.js';
import { generateSigningKey } from '../testing/signing-key.js';
import { IntrospectionClient } from './introspection.client.js';
import { type IntrospectionCredentials } from './introspection.options.js';

const ISSUER = 'https://as.example';
const SECRET = 'a secret: with + and ü';

describe('a client authenticates', () => {
  let server: IntrospectionServer;
  beforeAll(async () => {
    server = await IntrospectionServer.start();
  });
  afterAll(() => server.close());

  const clientWith = (client: IntrospectionCredentials): IntrospectionClient => {
    const keys = new FixedKeySource([]);
    const trust = { issuer: ISSUER, algorithms: [], keys, toleranceSeconds: 5 };
    return new IntrospectionClient(trust, { endpoint: server.endpoint, client }, Date.now);
  };
  const questionOf = async (client: IntrospectionCredentials): Promise<SeenQuestion> => {
    await clientWith(client).introspect('the-token', 0);
    const question = server.questions.at(-1);
    if (question === undefined) throw new Error('nobody asked');
    expect(question.form.get('token')).toBe('the-token');
    expect(question.form.get('token_type_hint')).toBe('access_token');
    return question;
  };

  it('by client_secret_basic, form-encoded first, where nothing else is said', async () => {
    const { headers, form } = await questionOf({ clientId: 'or:ders', clientSecret: SECRET });
    const [scheme, credentials = ''] = (headers.authorization ?? '').split(' ');
    expect(scheme).toBe('Basic');
    expect(Buffer.from(credentials, 'base64').toString()).toBe(
      'or%3Aders:a+secret%3A+with+%2B+and+%C3%BC',
    );
    expect(form.has('client_secret')).toBe(false);
  });

  it('by client_secret_post', async () => {
    const method = 'client_secret_post';
    const { headers, form } = await questionOf({
      clientId: 'orders',
      method,
      clientSecret: SECRET,
    });
    expect(headers.authorization).toBeUndefined();
    expect([form.get('client_id'), form.get('client_secret')]).toEqual(['orders', SECRET]);
  });

  it.each(['ES256', 'ES384', 'RS256', 'PS256', 'EdDSA'] as const)(
    'by private_key_jwt with %s, a new assertion each time',
    async (algorithm) => {
      const key = generateSigningKey(algorithm, 'client-key');
      const client = {
        clientId: 'orders',
        method: 'private_key_jwt',
        privateKey: key.privateKey,
        algorithm,
        keyId: 'client-key',
      } as const;
      const seen = new Set<unknown>();
      for (let time = 0; time < 2; time += 1) {
        const { headers, form } = await questionOf(client);
        expect(headers.authorization).toBeUndefined();
        expect(form.get('client_assertion_type')).toBe(
          'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        );
        const { payload, protectedHeader } = await jwtVerify(
          form.get('client_assertion') ?? '',
          key.publicKey,
          { algorithms: [algorithm], issuer: 'orders', subject: 'orders', audience: ISSUER },
        );
        expect(protectedHeader.kid).toBe('client-key');
        expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(60);
        seen.add(payload.jti);
      }
      expect(seen.size).toBe(2);
    },
  );

  it.each<[string, () => IntrospectionCredentials]>([
    ['a public key', () => keyOf({ privateKey: generateSigningKey('ES256').publicKey })],
    ['a key of another curve', () => keyOf({ privateKey: generateSigningKey('ES384').privateKey })],
    ['a key of another type', () => keyOf({ privateKey: generateSigningKey('RS256').privateKey })],
    ['an algorithm that is none', () => keyOf({ algorithm: 'HS256' as never })],
    ['no key', () => keyOf({ privateKey: undefined as never })],
  ])('and does not start with %s', (_, client) => {
    expect(() => clientWith(client())).toThrow(TypeError);
  });
});

function keyOf(
  members: Partial<Extract<IntrospectionCredentials, { method: 'private_key_jwt' }>>,
): IntrospectionCredentials {
  const { privateKey } = generateSigningKey('ES256');
  return {
    clientId: 'orders',
    method: 'private_key_jwt',
    algorithm: 'ES256',
    privateKey,
    ...members,
  };
}
