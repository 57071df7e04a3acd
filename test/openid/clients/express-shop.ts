/** An Express application that signs people in by express-openid-connect, as its documentation has it. */
import { randomBytes } from 'node:crypto';
import express from 'express';
import openIdConnect from 'express-openid-connect';

const { SHOP_PORT, SHOP_ISSUER, SHOP_CLIENT_SECRET, SHOP_ORDERS } = process.env;

/** The `sid` of the sessions that the provider said are over. */
const over = new Set<unknown>();

const app = express();
app.use(
  openIdConnect.auth({
    issuerBaseURL: SHOP_ISSUER,
    baseURL: `http://127.0.0.1:${SHOP_PORT}`,
    clientID: 'shop',
    clientSecret: SHOP_CLIENT_SECRET,
    secret: randomBytes(32).toString('hex'),
    authRequired: false,
    idpLogout: true,
    idTokenSigningAlg: 'ES256',
    backchannelLogout: {
      onLogin: false,
      onLogoutToken: (token) => void over.add((token as { sid: string }).sid),
      isLoggedOut: (request) => over.has(request.oidc.idTokenClaims?.['sid']),
    },
    authorizationParams: { response_type: 'code', scope: 'openid profile orders:read' },
  }),
);
app.get('/', (request, response) => {
  response.json({ user: request.oidc.user?.['sub'] ?? null });
});
app.get('/orders', openIdConnect.requiresAuth(), async (request, response) => {
  const authorization = `Bearer ${request.oidc.accessToken?.access_token}`;
  const answer = await fetch(`${SHOP_ORDERS}/orders`, { headers: { authorization } });
  response.status(answer.status).json(await answer.json());
});
app.listen(Number(SHOP_PORT), '127.0.0.1');
