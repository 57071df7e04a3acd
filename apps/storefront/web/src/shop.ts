/** The shop: shows who is signed in, takes orders and payments, and says what happens. */
import { BackendError, call, type User } from './backend.js';
import { type Product } from './catalogue.js';
import { catalogueView } from './catalogue-view.js';
import { element, place } from './dom.js';
import { showMoney } from './money.js';
import { say, sayNothing } from './notice.js';
import { type Order, totalOf } from './order.js';
import { ordersView } from './orders-view.js';
import { pay, takePaymentUnderWay } from './payment.js';
import { wordsFor, wordsForSignIn } from './problem.js';
import { askForStepUp } from './step-up-dialog.js';
import { signInLink, whoView } from './who-view.js';

let signedInAs: string | undefined;

async function start(): Promise<void> {
  const query = new URLSearchParams(location.search);
  // What the address said is said once: loading the page again must not repeat it.
  if (location.search !== '') history.replaceState(null, '', location.pathname);
  const failure = query.get('sign_in_error');
  if (failure !== null) say('problem', wordsForSignIn(failure));
  if (query.has('signed_out')) say('done', 'You are signed out.');
  await showWho();
  const orderId = takePaymentUnderWay();
  if (signedInAs === undefined) return;
  if (orderId !== undefined && query.has('step_up')) await payFor(orderId);
}

/** Asks the backend who is signed in, and shows the page that suits. */
async function showWho(): Promise<void> {
  const user = await call<User>('/bff/user');
  if (!user.signed_in) {
    if (user.session_ended || signedInAs !== undefined) say('plain', wordsFor(ended()));
    signedInAs = undefined;
    return showWelcome();
  }
  signedInAs = user.claims.name ?? 'Signed in';
  place('who').replaceChildren(...whoView(signedInAs));
  await showOrders();
}

function showWelcome(): void {
  place('who').replaceChildren(signInLink());
  place('page').replaceChildren(
    element(
      'section',
      { class: 'hero' },
      element('h1', {}, 'Locks, lamps and what holds at sea'),
      element('p', {}, 'Sign in to order, to pay and to see what is on its way.'),
    ),
    catalogueView(),
  );
}

async function showOrders(): Promise<void> {
  const orders = await call<Order[]>('/api/orders');
  // Whoever went on by keyboard meanwhile stays where they are, not where they were.
  const focused = labelOf(document.activeElement);
  place('page').replaceChildren(
    element('h1', { class: 'greeting' }, `Good to see you, ${signedInAs ?? ''}`),
    element(
      'div',
      { class: 'columns' },
      catalogueView((product, button) => void busy(button, () => placeOrder(product))),
      ordersView(orders, (order, button) => void busy(button, () => payFor(order.id))),
    ),
  );
  if (focused !== null) buttonLabelled(focused)?.focus();
}

async function placeOrder({ sku, name, priceMinor }: Product): Promise<void> {
  const items = [{ sku, quantity: 1, unit_price_minor: priceMinor }];
  try {
    const order = await call<Order>('/api/orders', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ currency: 'EUR', items }),
    });
    const isPaid = order.payment?.status === 'paid';
    await showOrders();
    say('done', `${name} is ordered${isPaid ? ' and paid' : ''}.`);
  } catch (error) {
    // The order is placed by then, and waits to be paid.
    const orderId = error instanceof BackendError ? error.location?.split('/').pop() : undefined;
    if (!(error instanceof BackendError) || error.login === undefined || !orderId) throw error;
    await showOrders();
    askForStepUp({ login: error.login, orderId }, showMoney(priceMinor, 'EUR'));
  }
}

async function payFor(orderId: string): Promise<void> {
  const needed = await pay(orderId);
  const orders = await call<Order[]>('/api/orders');
  const order = orders.find(({ id }) => id === orderId);
  const amount = order === undefined ? '' : showMoney(totalOf(order), order.currency);
  await showOrders();
  if (needed === undefined) say('done', `${amount} paid. Thank you.`);
  else askForStepUp(needed, amount);
}

/** One click is one order: the button waits for its answer. */
async function busy(button: HTMLButtonElement, work: () => Promise<void>): Promise<void> {
  button.disabled = true;
  sayNothing();
  await orSay(work);
  button.disabled = false;
  // A button that waits loses the focus; whoever put it elsewhere meanwhile keeps it there.
  if (document.activeElement !== document.body || document.querySelector('dialog') !== null) return;
  const again = button.isConnected ? button : buttonLabelled(labelOf(button));
  (again ?? place('content')).focus();
}

function labelOf(of: Element | null): string | null {
  return of?.getAttribute('aria-label') ?? null;
}

/** By its label, which the button that takes its place has as well. */
function buttonLabelled(label: string | null): HTMLElement | undefined {
  return [...document.querySelectorAll<HTMLElement>('button')].find(
    (each) => labelOf(each) === label && label !== null,
  );
}

async function orSay(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof BackendError && error.error === 'session_ended') {
      signedInAs = undefined;
      showWelcome();
    }
    say('problem', wordsFor(error));
  }
}

function ended(): BackendError {
  return new BackendError(401, 'session_ended');
}

// Whoever signed out in another tab, or elsewhere, is not shown orders when they come back to this one.
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible' && signedInAs !== undefined) void orSay(showWho);
});

void orSay(start);
