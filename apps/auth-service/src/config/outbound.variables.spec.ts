import { parseAllowedDestinations } from './outbound.variables.js';

describe('AUTH_OUTBOUND_ALLOWED_HOSTS', () => {
  it('holds names, with and without a port, and networks', () => {
    const value = 'keys.internal, keys.internal:8443,10.1.0.0/16,fd00:1::/32,127.0.0.1';
    expect(parseAllowedDestinations(value)).toEqual({
      hosts: ['keys.internal', 'keys.internal:8443'],
      networks: ['10.1.0.0/16', 'fd00:1::/32', '127.0.0.1'],
    });
  });

  it.each([
    ['a URL', 'https://keys.internal'],
    ['upper case, which no parsed URL has', 'Keys.internal'],
    ['a trailing dot', 'keys.internal.'],
    ['a wildcard', '*.internal'],
    ['every address', '0.0.0.0/0'],
    ['more than any private network', '10.0.0.0/7'],
    ['link-local addresses', '169.254.0.0/16'],
    ['a metadata service', '169.254.169.254'],
    ['a metadata service, by IPv6', 'fd00:ec2::254'],
    ['an address with a port', '10.0.0.1:8443'],
    ['an empty entry', 'keys.internal,,'],
  ])('does not hold %s: %s', (_what, value) => expect(parseAllowedDestinations(value)).toBeNull());
});
