/** What a proof or encryption costs the token endpoint, beside the same request without. */
import {
  BASIC,
  clientCredentials,
  ORDERS,
  startAuthService,
  startStores,
  VAULT,
} from './as.server.js';
import { ProofMaker } from './dpop.bench.js';
import { compare, interleave, type Measurement } from './measurement.js';
import { FORM, type Load, type ServerProcess } from './server-process.js';

const ROUNDS = 7;
const WARM_UPS = 2;
const PLAIN = 'the plain one';

/** The same exchange, made costlier, beside the plain one; `uri` is the endpoint's. */
export const AS_COSTLIER_BENCHES: Readonly<Record<string, (uri: string) => Load>> = {
  // A new proof in each request.
  'as.client-credentials-dpop': (uri) => {
    const maker = new ProofMaker();
    return {
      ...clientCredentials(ORDERS),
      requests: [
        {
          setupRequest: (request) => {
            const dpop = maker.make('POST', uri);
            return { ...request, headers: { ...FORM, ...BASIC, dpop } };
          },
        },
      ],
    };
  },
  // Each token encrypted by ECDH-ES on P-256.
  'as.client-credentials-jwe': () => clientCredentials(VAULT),
};

/** Measures what a proof or encryption costs the token endpoint. */
export async function benchCostlierIssuance(name: string): Promise<readonly Measurement[]> {
  const costlierLoad = AS_COSTLIER_BENCHES[name];
  if (costlierLoad === undefined) throw new Error(`no such benchmark: ${name}`);
  const stores = await startStores();
  let server: ServerProcess | undefined;
  try {
    // The nonce that a client has already costs a comparison; the first one costs a request.
    const keyward = await startAuthService(stores, { AUTH_DPOP_NONCE: 'off' });
    server = keyward;
    const path = '/oauth2/token';
    const costlier = costlierLoad(`http://127.0.0.1:${stores.port}${path}`);
    const plain = clientCredentials(ORDERS);
    const figures = await interleave(
      [
        { name: 'keyward', run: () => keyward.measure(path, costlier) },
        { name: PLAIN, run: () => keyward.measure(path, plain) },
      ],
      ROUNDS,
      WARM_UPS,
    );
    return compare(name, figures, 'keyward', 'requests/s');
  } finally {
    await server?.stop();
    stores.stop();
  }
}
