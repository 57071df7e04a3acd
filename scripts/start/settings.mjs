// What the services and the demo client are told: the caller's environment, with addresses that agree with each other.
import { resolve } from 'node:path';

const anyAddress = { '0.0.0.0': '127.0.0.1', '::': '::1' };

function urlOf(host, port) {
  const reachable = anyAddress[host] ?? host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}

function portFrom(env, name, byDefault) {
  const text = env[name] || String(byDefault);
  if (/^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535) return Number(text);
  throw new Error(`${name} must be a port number from 1 to 65535, and is ${JSON.stringify(text)}`);
}

function serviceFrom(env, name, prefix, byDefault) {
  const host = env[`${prefix}_HOST`] || '127.0.0.1';
  const port = portFrom(env, `${prefix}_PORT`, byDefault);
  return { name, host, port, portVariable: `${prefix}_PORT`, url: urlOf(host, port) };
}

/**
 * Settings of a development start.
 * @param root the workspace's folder: relative paths start there
 */
export function settingsFrom(env, root) {
  const dataDirectory = resolve(root, env.KEYWARD_DATA_DIR || '.keyward');
  const auth = serviceFrom(env, 'auth-service', 'AUTH', 4000);
  const orders = serviceFrom(env, 'orders-service', 'ORDERS', 4001);
  const payments = serviceFrom(env, 'payments-service', 'PAYMENTS', 4003);
  const demoClient = serviceFrom(env, 'demo-client', 'DEMO_CLIENT', 4002);
  const issuer = env.AUTH_ISSUER || auth.url;
  const paymentsAudience = env.PAYMENTS_AUDIENCE || payments.url;
  return {
    dataDirectory,
    auth,
    orders,
    payments,
    demoClient,
    issuer,
    environment: {
      ...env,
      // The services write into a pipe: colours are for a terminal behind it.
      ...(process.stdout.isTTY ? {} : { NO_COLOR: '1' }),
      KEYWARD_DATA_DIR: dataDirectory,
      AUTH_HOST: auth.host,
      AUTH_PORT: String(auth.port),
      AUTH_ISSUER: issuer,
      AUTH_BOOTSTRAP_FILE: resolve(root, env.AUTH_BOOTSTRAP_FILE || 'deploy/bootstrap.json'),
      DEMO_CLIENT_HOST: demoClient.host,
      DEMO_CLIENT_PORT: String(demoClient.port),
      DEMO_CLIENT_URL: demoClient.url,
      DEMO_CLIENT_ISSUER: issuer,
      DEMO_CLIENT_ORDERS_URL: orders.url,
      ORDERS_HOST: orders.host,
      ORDERS_PORT: String(orders.port),
      ORDERS_ISSUER: env.ORDERS_ISSUER || issuer,
      ORDERS_ALGORITHM: env.ORDERS_ALGORITHM || env.AUTH_SIGNING_ALGORITHM || 'ES256',
      ORDERS_AUDIENCE: env.ORDERS_AUDIENCE || orders.url,
      ORDERS_PAYMENTS_URL: env.ORDERS_PAYMENTS_URL || payments.url,
      ORDERS_PAYMENTS_AUDIENCE: env.ORDERS_PAYMENTS_AUDIENCE || paymentsAudience,
      PAYMENTS_HOST: payments.host,
      PAYMENTS_PORT: String(payments.port),
      PAYMENTS_ISSUER: env.PAYMENTS_ISSUER || issuer,
      PAYMENTS_ALGORITHM: env.PAYMENTS_ALGORITHM || env.AUTH_SIGNING_ALGORITHM || 'ES256',
      PAYMENTS_AUDIENCE: paymentsAudience,
      PAYMENTS_FILE: resolve(root, env.PAYMENTS_FILE || `${dataDirectory}/payments.jsonl`),
      ORDERS_FILE: resolve(root, env.ORDERS_FILE || `${dataDirectory}/orders.json`),
      ORDERS_DEMO_CUSTOMER: env.ORDERS_DEMO_CUSTOMER || 'demo-client',
    },
  };
}
