import { parseKeyOrder } from './key.order.js';

describe('parseKeyOrder', () => {
  it.each([
    ['list', { command: 'list', argument: '', options: {} }],
    ['rotate --alg ES384', { command: 'rotate', argument: '', options: { alg: 'ES384' } }],
    [
      'revoke k --reason stolen',
      { command: 'revoke', argument: 'k', options: { reason: 'stolen' } },
    ],
    [
      'import key.pem --alg RS256 --kid k --verify-only-until 2027-01-01T00:00:00Z',
      {
        command: 'import',
        argument: 'key.pem',
        options: { alg: 'RS256', kid: 'k', verifyOnlyUntil: new Date('2027-01-01T00:00:00Z') },
      },
    ],
  ])('understands %s', (line, order) => {
    expect(parseKeyOrder(line.split(' '))).toEqual(order);
  });

  it.each([
    '',
    'lists',
    'list all',
    'revoke',
    'revoke a b',
    'revoke a --alg ES256',
    'rotate --kid k',
    'rotate --alg HS256',
    'rotate --force',
    'import file --verify-only-until tomorrow',
    'import file --verify-only-until 2027-13-01T00:00:00Z',
    'constructor',
  ])('does not understand "%s"', (line) => {
    expect(parseKeyOrder(line.split(' ').filter((word) => word !== ''))).toBeNull();
  });
});
