// What the services and the storefront are told: the caller's environment, with addresses that agree with each other.
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
  const storefront = serviceFrom(env, 'storefront', 'STOREFRONT', 4002);
  const storefrontUrl = env.STOREFRONT_URL || storefront.url;
  const issuer = env.AUTH_ISSUER || auth.url;
  const ordersAudience = env.ORDERS_AUDIENCE || orders.url;
  const paymentsAudience = env.PAYMENTS_AUDIENCE || payments.url;
  return {
    dataDirectory,
    auth,
    orders,
    payments,
    storefront: { ...storefront, publicUrl: storefrontUrl },
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
      STOREFRONT_HOST: storefront.host,
      STOREFRONT_PORT: String(storefront.port),
      STOREFRONT_URL: storefrontUrl,
      STOREFRONT_CORS_ORIGIN: env.STOREFRONT_CORS_ORIGIN || storefrontUrl,
      STOREFRONT_BACKCHANNEL_URL: env.STOREFRONT_BACKCHANNEL_URL || storefront.url,
      STOREFRONT_ISSUER: env.STOREFRONT_ISSUER || issuer,
      STOREFRONT_ALGORITHM: env.STOREFRONT_ALGORITHM || env.AUTH_SIGNING_ALGORITHM || 'ES256',
      STOREFRONT_SCOPE:
        env.STOREFRONT_SCOPE || 'openid profile orders:read orders:write payments:write',
      STOREFRONT_ORDERS_URL: env.STOREFRONT_ORDERS_URL || orders.url,
      STOREFRONT_ORDERS_AUDIENCE: env.STOREFRONT_ORDERS_AUDIENCE || ordersAudience,
      // For /spa.html, which calls orders-service from the browser.
      ORDERS_CORS_ORIGINS: env.ORDERS_CORS_ORIGINS || storefrontUrl,
      ORDERS_HOST: orders.host,
      ORDERS_PORT: String(orders.port),
      ORDERS_ISSUER: env.ORDERS_ISSUER || issuer,
      ORDERS_ALGORITHM: env.ORDERS_ALGORITHM || env.AUTH_SIGNING_ALGORITHM || 'ES256',
      ORDERS_AUDIENCE: ordersAudience,
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
