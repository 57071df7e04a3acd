import { prefixLength } from './network.js';

describe('prefixLength', () => {
  it.each([
    ['192.0.2.1', 32],
    ['10.0.0.0/8', 8],
    ['2001:db8::1', 128],
    ['fc00::/7', 7],
    ['::1/128', 128],
  ])('of %s is %d', (network, length) => {
    expect(prefixLength(network)).toBe(length);
  });

  it.each([
    '',
    '/',
    '0.0.0.0/0',
    '::/0',
    '10.0.0.0/33',
    '::/129',
    '10.0.0.0/8/8',
    '10.0.0.0/08',
    '10.0.0.0/255.0.0.0',
    'loopback',
    '*',
    'fe80::1%eth0',
    '10.0.0',
  ])('there is none of %j', (network) => {
    expect(prefixLength(network)).toBeNull();
  });
});
