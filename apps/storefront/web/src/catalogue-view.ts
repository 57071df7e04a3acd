/** The products, each with a button that orders one. */
import { CATALOGUE, type Product } from './catalogue.js';
import { element } from './dom.js';
import { showMoney } from './money.js';

/** @param onOrder absent for people who are not signed in */
export function catalogueView(
  onOrder?: (product: Product, button: HTMLButtonElement) => void,
): HTMLElement {
  return element(
    'section',
    { 'aria-labelledby': 'catalogue-title' },
    element('h2', { id: 'catalogue-title' }, 'On the shelf'),
    element('ul', { class: 'shelf' }, ...CATALOGUE.map((product) => card(product, onOrder))),
  );
}

function card(
  product: Product,
  onOrder?: (product: Product, button: HTMLButtonElement) => void,
): HTMLElement {
  const button = element(
    'button',
    {
      class: 'button',
      type: 'button',
      'aria-label': `Order ${product.name}`,
      click: (event) => onOrder?.(product, event.currentTarget as HTMLButtonElement),
    },
    'Order',
  );
  return element(
    'li',
    { class: 'card' },
    element('img', { src: `/products/${product.picture}`, alt: '', width: '96', height: '96' }),
    element('h3', {}, product.name),
    element('p', { class: 'quiet' }, product.about),
    element(
      'div',
      { class: 'card-foot' },
      element('span', { class: 'price' }, showMoney(product.priceMinor, 'EUR')),
      onOrder && button,
    ),
  );
}
