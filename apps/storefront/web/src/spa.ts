/** The same reading without a backend: this page is the client, and holds the tokens itself. */
import { type User, UserManager, InMemoryWebStorage, WebStorageStateStore } from 'oidc-client-ts';
import { element, place } from './dom.js';
import { say } from './notice.js';
import { type Order } from './order.js';
import { ordersView } from './orders-view.js';

interface Settings {
  readonly issuer: string;
  readonly client_id: string;
  readonly orders_url: string;
  readonly orders_resource: string;
}

const PAGE = `${location.origin}/spa.html`;

let users: UserManager;
let settings: Settings;

async function start(): Promise<void> {
  settings = (await (await fetch('/browser-client.json')).json()) as Settings;
  users = new UserManager({
    authority: settings.issuer,
    client_id: settings.client_id,
    redirect_uri: PAGE,
    post_logout_redirect_uri: PAGE,
    scope: 'openid profile orders:read',
    response_type: 'code',
    resource: settings.orders_resource,
    loadUserInfo: false,
    // Tokens are in memory: neither another tab nor the next visit finds them.
    userStore: new WebStorageStateStore({ store: new InMemoryWebStorage() }),
    // What is needed to come back from the issuer has to outlive the visit there, and holds no token.
    stateStore: new WebStorageStateStore({ store: sessionStorage }),
    automaticSilentRenew: true,
    monitorSession: false,
  });
  const query = new URLSearchParams(location.search);
  if (query.has('state') && (query.has('code') || query.has('error'))) {
    // First of all, so that no code stays in the address or in the history.
    const url = location.href;
    history.replaceState(null, '', location.pathname);
    const user = await users.signinCallback(url);
    if (user !== undefined) return showOrders(user);
  }
  showSignIn();
}

function showSignIn(): void {
  const click = () => void orSay(() => users.signinRedirect());
  place('who').replaceChildren();
  place('page').replaceChildren(
    element('p', {}, element('button', { class: 'button', type: 'button', click }, 'Sign in here')),
  );
}

async function showOrders(user: User): Promise<void> {
  const headers = { Authorization: `Bearer ${user.access_token}` };
  const response = await fetch(settings.orders_url, { headers });
  if (!response.ok) throw new Error(`orders-service answered ${response.status}`);
  const orders = (await response.json()) as Order[];
  const renew = () =>
    void orSay(async () => {
      const renewed = await users.signinSilent();
      if (renewed !== null) await showOrders(renewed);
      say('done', 'The tokens are new.');
    });
  const signOut = () => void orSay(() => users.signoutRedirect());
  place('who').replaceChildren(
    element('span', { class: 'name' }, 'Signed in, in this page'),
    element('button', { class: 'button plain', type: 'button', click: signOut }, 'Sign out'),
  );
  place('page').replaceChildren(
    ordersView(orders),
    element(
      'p',
      {},
      element('button', { class: 'button', type: 'button', click: renew }, 'Renew the tokens'),
    ),
  );
}

async function orSay(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch {
    say('problem', 'That did not work. Sign in again.');
    showSignIn();
  }
}

void orSay(start);
