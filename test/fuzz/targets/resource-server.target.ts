/** Every route of the two resource servers, with tokens of an issuer that is inside this process. */
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { TestIssuer } from '@keyward/auth/testing';
import { type BuiltApplication, builtApplication } from '../built.module.js';
import { type Vocabulary } from '../http.grammar.js';
import { held } from '../http.input.js';
import { type FuzzedServer, httpTarget } from '../http.target.js';
import { collectFastifyRoutes, expressRoutes, type Route } from '../routes.js';

const SCOPE = 'orders:read orders:write payments:read payments:write';
const AUDIENCE = 'https://resource.test';
const ORDER = '00000000-0000-4000-8000-000000000001';

const VOCABULARY: Vocabulary = {
  values: {
    access_token: [held('good')],
    id: [ORDER, 'x'],
    orderId: [ORDER, 'x'],
    limit: ['1', '0', '1000000'],
    cursor: ['MQ', 'x'],
    status: ['paid', 'pending'],
    after: [ORDER],
    currency: ['EUR', 'eur'],
  },
  requests: [[/./, [['limit', '1']]]],
  documents: [
    [/orders/, { currency: 'EUR', items: [{ sku: 'KEY-1', quantity: 2, unit_price_minor: 250 }] }],
    [/payments/, { currency: 'EUR', amount_minor: 2500 }],
  ],
  headers: [
    [/./, [['authorization', `Bearer ${held('good')}`]]],
    [/./, [['authorization', `Bearer ${held('good')}`]]],
    [
      /./,
      [
        ['authorization', `DPoP ${held('good')}`],
        ['dpop', held('good')],
      ],
    ],
    [/./, [['authorization', `Bearer ${held('expired')}`]]],
    [/./, [['authorization', `Bearer ${held('narrow')}`]]],
    [/./, [['authorization', `Bearer ${held('bound')}`]]],
    [/./, []],
  ],
};

/** On Express. */
export const ordersServiceTarget = httpTarget({ name: 'orders-service', share: 8 }, () =>
  serve('orders-service', 'ORDERS', () => [], expressRoutes),
);

/** On Fastify. */
export const paymentsServiceTarget = httpTarget({ name: 'payments-service', share: 8 }, () =>
  serve('payments-service', 'PAYMENTS', collectFastifyRoutes, () => []),
);

async function serve(
  application: 'orders-service' | 'payments-service',
  prefix: string,
  routesToCome: (app: BuiltApplication) => readonly Route[],
  routesThere: (app: BuiltApplication) => readonly Route[],
): Promise<FuzzedServer> {
  const issuer = await TestIssuer.start({ audience: AUDIENCE });
  const directory = await mkdtemp(join(tmpdir(), 'keyward-fuzz-'));
  const app = await builtApplication(
    application,
    {
      [`${prefix}_ISSUER`]: issuer.url,
      [`${prefix}_AUDIENCE`]: AUDIENCE,
      [`${prefix}_CLIENT_SECRET`]: 'any secret will do at this issuer',
      [`${prefix}_FILE`]: join(directory, 'data.json'),
      [`${prefix}_PORT`]: '0',
    },
    false,
  );
  const collected = routesToCome(app);
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  const health = `http://127.0.0.1:${port}/health`;
  while (!(await (await fetch(health)).text()).includes('ready')) await sleep(20);
  return {
    port,
    routes: [...collected, ...routesThere(app)],
    vocabulary: VOCABULARY,
    rules: { redirects: [] },
    values: () => ({
      good: issuer.token({ scope: SCOPE, grant_id: 'g1' }),
      expired: issuer.token({ scope: SCOPE, exp: issuer.clock.seconds() - 3600 }),
      narrow: issuer.token({ scope: 'other' }),
      bound: issuer.token({ scope: SCOPE, cnf: { jkt: 'x' } }),
    }),
    renew: () => Promise.resolve(),
    async close() {
      await app.close();
      await issuer.stop();
      await rm(directory, { recursive: true });
    },
  };
}
