/** The list of orders. */
import { nameOf } from './catalogue.js';
import { element } from './dom.js';
import { showMoney } from './money.js';
import { type Order, totalOf } from './order.js';

const days = new Intl.DateTimeFormat('en-IE', { dateStyle: 'medium', timeStyle: 'short' });

const STATUS = {
  paid: 'Paid',
  unpaid: 'To be paid',
  pending: 'Payment under way',
} as const;

/** @param onPay absent where nothing can be paid */
export function ordersView(
  orders: readonly Order[],
  onPay?: (order: Order, button: HTMLButtonElement) => void,
): HTMLElement {
  const newestFirst = [...orders].sort((a, b) => b.created_at.localeCompare(a.created_at));
  const list =
    orders.length === 0
      ? element('p', { class: 'quiet' }, 'No orders yet.')
      : element('ul', { class: 'orders' }, ...newestFirst.map((order) => row(order, onPay)));
  return element(
    'section',
    { class: 'panel', 'aria-labelledby': 'orders-title' },
    element('h2', { id: 'orders-title' }, 'Your orders'),
    list,
  );
}

function row(order: Order, onPay?: (order: Order, button: HTMLButtonElement) => void): HTMLElement {
  const { items, currency, payment, created_at } = order;
  const what = items.map(({ quantity, sku }) => `${quantity} × ${nameOf(sku)}`).join(', ');
  const status = payment?.status;
  const total = showMoney(totalOf(order), currency);
  const button = element(
    'button',
    {
      class: 'button small',
      type: 'button',
      'aria-label': `Pay ${total} for ${what}`,
      click: (event) => onPay?.(order, event.currentTarget as HTMLButtonElement),
    },
    'Pay',
  );
  return element(
    'li',
    { class: 'order' },
    element(
      'div',
      { class: 'order-what' },
      element('strong', {}, what),
      element('span', { class: 'quiet' }, days.format(new Date(created_at))),
    ),
    element('span', { class: 'price' }, total),
    status && element('span', { class: `status ${status}` }, STATUS[status]),
    status !== undefined && status !== 'paid' && onPay && button,
  );
}
