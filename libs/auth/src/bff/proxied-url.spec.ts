import { type CheckedTarget } from './bff.settings.js';
import { pageLocation, proxiedUrl } from './proxied-url.js';

const target: CheckedTarget = {
  path: '/api/orders',
  url: new URL('https://orders.example.com/v1/orders'),
  resource: '',
  maxRequestBytes: 1,
  maxResponseBytes: 1,
  timeoutMs: 1,
};

describe('where a call goes at a service', () => {
  it.each([
    ['/api/orders', '', 'https://orders.example.com/v1/orders'],
    ['/api/orders/7/payment', '?a=b', 'https://orders.example.com/v1/orders/7/payment?a=b'],
    ['/api/orders/a%20b', '', 'https://orders.example.com/v1/orders/a%20b'],
  ])('is, for %s%s, %s', (path, query, wanted) => {
    expect(proxiedUrl(target, path, query)?.href).toBe(wanted);
  });

  it.each([
    ['/api/orders/../admin'],
    ['/api/orders/./7'],
    ['/api/orders/%2e%2e/admin'],
    ['/api/orders/%2E%2E/admin'],
    ['/api/orders/..%2fadmin'],
    ['/api/orders/..%5cadmin'],
    ['/api/orders/..\\admin'],
    ['/api/orders//admin'],
    ['/api/orders/7/'],
    ['/api/orders/%00'],
    ['/api/orders/%0d%0aHost:x'],
  ])('is nowhere for %j', (path) => {
    expect(proxiedUrl(target, path, '')).toBeNull();
  });
});

describe('what a service names in Location', () => {
  const url = new URL('https://orders.example.com/v1/orders');

  it.each([
    ['/v1/orders/7', '/api/orders/7'],
    ['https://orders.example.com/v1/orders/7?x=1', '/api/orders/7?x=1'],
    ['orders/7', '/api/orders/7'],
  ])('%s is %s for the page', (location, wanted) => {
    expect(pageLocation(target, url, location)).toBe(wanted);
  });

  it.each([
    [undefined],
    ['https://evil.example/v1/orders/7'],
    ['/v1/admin'],
    ['//evil.example'],
    ['http://['],
  ])('%s is not passed on', (location) => {
    expect(pageLocation(target, url, location)).toBeUndefined();
  });
});
