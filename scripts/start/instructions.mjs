// What to do with a running Keyward: addresses, a client, and commands to paste.

/** The text; every command is one line. */
export function instructions({ auth, orders, payments, storefront, dataDirectory }, secrets) {
  const secret = secrets.KEYWARD_DEMO_CLIENT_SECRET;
  const token = `${auth.url}/oauth2/token`;
  const list = `${orders.url}/orders`;
  const bearer = '-H "Authorization: Bearer $TOKEN"';
  return `
Keyward is ready. Ctrl-C stops it.

  storefront      ${storefront.publicUrl}  (a shop: begin here)
  auth-service    ${auth.url}  (${auth.url}/.well-known/oauth-authorization-server)
  orders-service  ${orders.url}  (try it at ${orders.url}/docs)
  payments-service ${payments.url}  (called by orders-service)
  data            ${dataDirectory}  (npm run reset clears it)

Sign in at the shop, in a browser. Paying more than 100 euros wants a second factor, which an
authenticator app sets up on the way:

  sign in at      ${storefront.publicUrl}
  username        demo
  password        ${secrets.KEYWARD_DEMO_USER_PASSWORD}

Or without a person, as a client on its own behalf:

  client_id       demo-client
  secret          ${secret}
  scope           orders:read

Paste these into another terminal. A token, 200 with orders, 403 without the scope:

TOKEN=$(curl -sS -u 'demo-client:${secret}' -d grant_type=client_credentials ${token} | node -p 'JSON.parse(require("fs").readFileSync(0)).access_token')
curl -sSi -w '\\n' ${bearer} ${list}
curl -sSi -w '\\n' ${bearer} -H 'Content-Type: application/json' -d '{}' ${list}

And 401 without a token:

curl -sSi -w '\\n' ${list}
`;
}
