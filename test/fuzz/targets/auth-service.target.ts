/** Every route of auth-service. */
import { AUTH_SERVICE_VOCABULARY } from '../auth-service.vocabulary.js';
import { AuthServiceWorld } from '../auth-service.world.js';
import { httpTarget } from '../http.target.js';
import { ELSEWHERE } from '../../support/openid-provider.clients.js';

/** On the stores inside the process: the same ports, a hundredth of the time. */
export const authServiceTarget = httpTarget({ name: 'auth-service', share: 35 }, () => serve({}));

/** The same on Redis, whose scripts see what requests say. */
export const authServiceRedisTarget = httpTarget({ name: 'auth-service-redis', share: 5 }, () => {
  const redisUrl = process.env['REDIS_URL'];
  return serve(redisUrl === undefined ? {} : { redisUrl });
});

async function serve(options: { readonly redisUrl?: string }) {
  const world = await AuthServiceWorld.start(options);
  let serial = 0;
  return {
    port: world.port,
    routes: world.routes,
    vocabulary: AUTH_SERVICE_VOCABULARY,
    rules: { redirects: [`${world.issuer}/`, `${ELSEWHERE}/`, 'https://made.example.com/'] },
    values: () => ({ ...world.values(), address: addressOf((serial += 1)) }),
    renew: () => world.renew(),
    close: () => world.close(),
  };
}

function addressOf(serial: number): string {
  return `10.${(serial >> 16) & 255}.${(serial >> 8) & 255}.${serial & 255}`;
}
