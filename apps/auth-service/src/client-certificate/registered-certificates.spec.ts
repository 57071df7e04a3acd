import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { TemporarilyUnavailableError } from '@keyward/oauth';
import {
  certificateJwk,
  selfSigned,
  type TestCertificate,
} from '../testing/certificate.authority.js';
import { clientFixture } from '../testing/client.fixture.js';
import { loopbackOutbound } from '../testing/outbound.fixture.js';
import { RegisteredCertificates } from './registered-certificates.js';

describe('RegisteredCertificates', () => {
  let server: Server;
  let first: TestCertificate;
  let second: TestCertificate;
  let answer: { status: number; body: unknown };
  let fetches: number;
  let certificates: RegisteredCertificates;
  let now: number;
  const realNow = Date.now;

  beforeAll(async () => {
    [first, second] = [await selfSigned(), await selfSigned()];
    server = createServer((_, response) => {
      fetches += 1;
      response.writeHead(answer.status).end(JSON.stringify(answer.body));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));
  beforeEach(() => {
    answer = { status: 200, body: { keys: [certificateJwk(first)] } };
    fetches = 0;
    certificates = new RegisteredCertificates(loopbackOutbound());
    now = realNow();
    Date.now = () => now;
  });
  afterEach(() => {
    Date.now = realNow;
  });

  const client = (path = '/jwks') =>
    clientFixture({
      authenticationMethod: 'self_signed_tls_client_auth',
      jwksUri: `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`,
    });
  const has = ({ thumbprint }: TestCertificate, who = client()) =>
    certificates.has(who, thumbprint);

  it('fetches what the client publishes once, however many ask', async () => {
    const answers = await Promise.all([has(first), has(first), has(second)]);
    expect(answers).toEqual([true, true, false]);
    expect(fetches).toBe(1);
    expect(await has(first)).toBe(true);
    expect(fetches).toBe(1);
  });

  it('looks again for a certificate that it does not know, once in 30 seconds', async () => {
    await has(first);
    answer.body = { keys: [certificateJwk(second)] };
    expect(await has(second)).toBe(false);
    now += 30_000;
    expect(await has(second)).toBe(true);
    expect(await has(first)).toBe(false);
    expect(fetches).toBe(2);
  });

  it('forgets a certificate that the client took away, after 5 minutes', async () => {
    await has(first);
    answer.body = { keys: [certificateJwk(second)] };
    expect(await has(first)).toBe(true);
    now += 300_000;
    expect(await has(first)).toBe(false);
  });

  it('goes on with what it knows for an hour while the client is down, and no longer', async () => {
    await has(first);
    answer.status = 500;
    now += 3_000_000;
    expect(await has(first)).toBe(true);
    await expect(has(second)).rejects.toThrow(TemporarilyUnavailableError);
    now += 600_000;
    await expect(has(first)).rejects.toThrow(TemporarilyUnavailableError);
  });

  it('knows nothing by another URI', async () => {
    await has(first);
    answer.body = { keys: [] };
    expect(await has(first, client('/other'))).toBe(false);
  });

  it.each<[string, (jwk: Record<string, unknown>) => unknown]>([
    ['without x5c', ({ x5c: _, ...jwk }) => jwk],
    [
      'with the certificate of another key',
      (jwk) => ({ ...jwk, ...certificateJwk(first), ...{ x5c: jwk['x5c'] } }),
    ],
    [
      'with its certificate in second place',
      (jwk) => ({ ...jwk, x5c: ['AAAA', ...(jwk['x5c'] as string[])] }),
    ],
    [
      'with bytes behind its certificate',
      (jwk) => ({ ...jwk, x5c: [`${String(jwk['x5c'])}AAAA`] }),
    ],
    ['that is null', () => null],
  ])('takes no certificate of a key %s', async (_, change) => {
    answer.body = { keys: [change(certificateJwk(second))] };
    expect(await has(second)).toBe(false);
  });

  it('takes a set that is none for an empty one', async () => {
    answer.body = { keys: 'x' };
    expect(await has(first)).toBe(false);
  });
});
