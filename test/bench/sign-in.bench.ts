/** What people cost: codes redeemed, passwords checked, and fifty requests with one refresh token. */
import { createHash, randomBytes } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import { HttpBrowser } from '../support/http-browser.js';
import {
  ALICE,
  BASIC,
  CALLBACK,
  grant,
  ORDERS,
  post,
  SECRET,
  seedRefreshTokens,
  startAuthService,
  startStores,
  type Stores,
} from './as.server.js';
import { compare, interleave, type Measurement } from './measurement.js';
import { type Load, ServerProcess } from './server-process.js';

const ROUNDS = 7;
const WARM_UPS = 2;
const CODES = 500;
const SIGN_INS = 10;
const TOGETHER = 50;
const TOKEN = '/oauth2/token';
const VERIFIER = randomBytes(32).toString('base64url');
const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url');

/** Passwords as they are kept (DESIGN: OWASP's first choice); told in the head of the report. */
export const HASH_COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

type Bench = (
  server: ServerProcess,
  stores: Stores,
  name: string,
) => Promise<readonly Measurement[]>;

/** The names that `--only` selects from. */
export const SIGN_IN_BENCHES: Readonly<Record<string, Bench>> = {
  'as.code': benchCodes,
  'as.contention': benchContention,
  'as.sign-in': benchSignIn,
};

/** Measures one of them, on stores of its own. */
export async function benchSignIns(name: string): Promise<readonly Measurement[]> {
  const bench = SIGN_IN_BENCHES[name];
  if (bench === undefined) throw new Error(`no such benchmark: ${name}`);
  const stores = await startStores();
  let server: ServerProcess | undefined;
  try {
    server = await startAuthService(stores);
    return await bench(server, stores, name);
  } finally {
    await server?.stop();
    stores.stop();
  }
}

/** A code becomes an access token and a refresh token, and a grant is recorded. */
async function benchCodes(ours: ServerProcess, { environment, port }: Stores, name: string) {
  const peer = await ServerProcess.fork('./servers/oidc-provider.ts', {
    ...environment,
    ...{
      BENCH_CLIENT: `shop ${SECRET}`,
      BENCH_CODES: `${CODES} ${CHALLENGE}`,
      NODE_ENV: 'production',
    },
  });
  const visit = await signedIn(port);
  try {
    const figures = await interleave(
      [
        {
          name: 'keyward',
          run: async () => ours.measure(TOKEN, redemptions(await codesOf(visit, port))),
        },
        {
          name: 'oidc-provider',
          run: async () =>
            peer.measure('/token', redemptions((await peer.get('/codes')) as string[])),
        },
      ],
      ROUNDS,
      WARM_UPS,
    );
    return compare(name, figures, 'keyward', 'requests/s');
  } finally {
    await peer.stop();
  }
}

function redemptions(codes: string[]): Load {
  const form = { redirect_uri: CALLBACK, code_verifier: VERIFIER };
  const setupRequest = (request: object) => {
    const code = codes.shift() ?? '';
    return { ...request, body: grant('authorization_code', { ...form, code }) };
  };
  return { ...post(''), amount: codes.length, requests: [{ setupRequest }] };
}

/** As many at once as a client with many tabs sends, all with the same token: one rotates, all are answered. */
async function benchContention(ours: ServerProcess, { environment }: Stores, name: string) {
  const waiting = await seedRefreshTokens(environment['DATABASE_URL'] ?? '');
  const next = async () => {
    const form = grant('refresh_token', { refresh_token: waiting.shift() ?? '' });
    const answer = (await ours.post(TOKEN, BASIC, form)) as { refresh_token: string };
    return answer.refresh_token;
  };
  const amount = TOGETHER * 10;
  const refresh = (tokens: readonly string[]): Load => {
    let index = 0;
    const setupRequest = (request: object) => {
      const token = tokens[index++ % tokens.length] ?? '';
      return { ...request, body: grant('refresh_token', { refresh_token: token }) };
    };
    return { ...post(''), amount, connections: TOGETHER, requests: [{ setupRequest }] };
  };
  const several = (count: number) => Promise.all(Array.from({ length: count }, next));
  const one = `${TOGETHER} at once with one token`;
  const figures = await interleave(
    [
      {
        name: one,
        run: async () => {
          let total = 0;
          // A token each time: within its window all fifty are answered by its one successor.
          for (let i = 0; i < 4; i += 1)
            total += await ours.measure(TOKEN, refresh(await several(1)));
          return total / 4;
        },
      },
      {
        name: 'a token each',
        run: async () => ours.measure(TOKEN, refresh(await several(10))),
      },
    ],
    5,
    1,
  );
  return compare(name, figures, one, 'requests/s');
}

/** From the form with a password to the redirect, one after the other, beside the hash alone. */
async function benchSignIn(_server: ServerProcess, { port }: Stores, name: string) {
  const kept = await hash(ALICE.password, HASH_COST);
  const figures = await interleave(
    [
      { name: 'keyward', run: () => average(SIGN_INS, () => timedSignIn(port)) },
      {
        name: 'argon2 alone',
        run: () =>
          average(SIGN_INS, async () => {
            const started = performance.now();
            if (!(await verify(kept, ALICE.password))) throw new Error('the password is another');
            return performance.now() - started;
          }),
      },
    ],
    ROUNDS,
    WARM_UPS,
  );
  return compare(name, figures, 'keyward', 'us');
}

/** @returns microseconds */
async function average(count: number, once: () => Promise<number>): Promise<number> {
  let total = 0;
  for (let i = 0; i < count; i += 1) total += await once();
  return (total * 1000) / count;
}

async function timedSignIn(port: number): Promise<number> {
  const browser = new HttpBrowser([`http://127.0.0.1:${port}`]);
  const page = await browser.open(authorizationUrl(port));
  const started = performance.now();
  await browser.submit(page, { username: ALICE.username, password: ALICE.password });
  return performance.now() - started;
}

/** The cookies of a browser in which alice is signed in. */
async function signedIn(port: number): Promise<string> {
  const origin = `http://127.0.0.1:${port}`;
  const browser = new HttpBrowser([origin]);
  const page = await browser.open(authorizationUrl(port));
  const end = await browser.submit(page, { username: ALICE.username, password: ALICE.password });
  if (end.status !== 0) throw new Error(`alice cannot sign in: ${end.html}`);
  return [...browser.cookiesOf(origin)].map(([key, value]) => `${key}=${value}`).join('; ');
}

async function codesOf(cookie: string, port: number): Promise<string[]> {
  const codes: string[] = [];
  while (codes.length < CODES) {
    const more = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const options = { headers: { cookie }, redirect: 'manual' } as const;
        const answer = await fetch(authorizationUrl(port), options);
        return new URL(answer.headers.get('location') ?? '', CALLBACK).searchParams.get('code');
      }),
    );
    if (more.includes(null)) throw new Error('there is no code');
    codes.push(...(more as string[]));
  }
  return codes;
}

function authorizationUrl(port: number): string {
  const parameters = new URLSearchParams({
    ...{ client_id: 'shop', redirect_uri: CALLBACK, response_type: 'code', resource: ORDERS },
    ...{ scope: 'orders:read offline_access', state: 's', code_challenge: CHALLENGE },
    code_challenge_method: 'S256',
  });
  return `http://127.0.0.1:${port}/oauth2/authorize?${parameters.toString()}`;
}
