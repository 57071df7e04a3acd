// The demo client: a small web application that signs people in at Keyward and uses orders-service.
import { createServer } from 'node:http';
import { BrowserSessions } from './browser-sessions.mjs';
import { failurePage, personPage, signedOutPage, STYLE, welcomePage } from './pages.mjs';
import { RelyingParty } from './relying-party.mjs';

const { DEMO_CLIENT_HOST, DEMO_CLIENT_PORT, DEMO_CLIENT_URL, DEMO_CLIENT_ISSUER } = process.env;
const { DEMO_CLIENT_ORDERS_URL, KEYWARD_DEMO_WEB_SECRET } = process.env;
const ORDER = {
  currency: 'EUR',
  items: [{ sku: 'PADLOCK-40', quantity: 1, unit_price_minor: 1450 }],
};

const sessions = new BrowserSessions();
const relyingParty = new RelyingParty({
  issuer: DEMO_CLIENT_ISSUER,
  clientId: 'demo-web',
  clientSecret: KEYWARD_DEMO_WEB_SECRET,
  url: DEMO_CLIENT_URL,
  ordersUrl: DEMO_CLIENT_ORDERS_URL,
});

const HEADERS = {
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  // Signing out posts a form that is sent on to the issuer.
  'Content-Security-Policy': `default-src 'none'; style-src 'self'; form-action 'self' ${DEMO_CLIENT_ISSUER}; frame-ancestors 'none'; base-uri 'none'`,
};

const ROUTES = {
  'GET /health': (_request, response) => send(response, 200, 'ok', 'text/plain'),
  'GET /style.css': (_request, response) => send(response, 200, STYLE, 'text/css'),
  'GET /signed-out': (_request, response) => send(response, 200, signedOutPage()),

  async 'GET /'(request, response) {
    const session = sessions.find(request);
    if (session.person === undefined) return send(response, 200, welcomePage());
    session.person = await relyingParty.renew(session.person);
    const { person } = session;
    const [userinfo, orders] = await Promise.all([
      relyingParty.userinfo(person),
      relyingParty.orders(person),
    ]);
    return send(response, 200, personPage(person, userinfo, orders));
  },

  async 'GET /sign-in'(_request, response) {
    const { location, pending } = await relyingParty.begin();
    sessions.begin(response, { pending });
    return redirect(response, location);
  },

  async 'GET /callback'(request, response) {
    const session = sessions.find(request);
    if (session.pending === undefined) throw new Error('This browser did not begin to sign in.');
    sessions.end(session);
    const person = await relyingParty.finish(request.url, session.pending);
    sessions.begin(response, { person });
    return redirect(response, '/');
  },

  async 'POST /orders'(request, response) {
    const session = sessions.find(request);
    if (session.person === undefined) return redirect(response, '/');
    session.person = await relyingParty.renew(session.person);
    const { status } = await relyingParty.orders(session.person, ORDER);
    if (status !== 201) throw new Error(`orders-service answered ${status}.`);
    return redirect(response, '/');
  },

  async 'POST /sign-out'(request, response) {
    const session = sessions.find(request);
    if (session.person === undefined) return redirect(response, '/');
    const location = await relyingParty.signOutUrl(session.person);
    sessions.end(session);
    return redirect(response, location);
  },
};

function send(response, status, body, type = 'text/html') {
  response.writeHead(status, { ...HEADERS, 'Content-Type': `${type}; charset=utf-8` }).end(body);
}

function redirect(response, location) {
  response.writeHead(303, { ...HEADERS, Location: location }).end();
}

const server = createServer(async (request, response) => {
  try {
    const path = request.url.split('?', 1)[0];
    const route = ROUTES[`${request.method} ${path}`];
    if (route === undefined) return send(response, 404, failurePage('There is no such page.'));
    // A form of another site, which the Lax cookie would not come with anyway.
    if (request.method === 'POST' && request.headers.origin !== DEMO_CLIENT_URL) {
      return send(response, 403, failurePage('The form is not of this site.'));
    }
    await route(request, response);
  } catch (error) {
    // openid-client's errors say what the server answered; none of them holds a token.
    console.error(`${request.method} failed: ${error.message} ${error.error ?? ''}`);
    const reason = error.error_description ?? error.error ?? error.message;
    if (!response.headersSent) send(response, 502, failurePage(reason));
    else response.end();
  }
});
server.listen(Number(DEMO_CLIENT_PORT), DEMO_CLIENT_HOST, () =>
  console.log(`ready on ${DEMO_CLIENT_URL}`),
);
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    server.close();
    server.closeAllConnections();
  });
}
