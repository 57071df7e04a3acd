import { accountModel, clientModel, logoOf, returnTarget, waitingTime } from './page.models.js';

describe('logoOf', () => {
  it.each([null, '', 'logo.png', 'http://a.example.com/l.png', 'javascript:alert(1)', 'data:,x'])(
    'shows no logo from %p',
    (logoUri) => {
      expect(logoOf({ logoUri })).toBeNull();
    },
  );

  it.each(['https://a.example.com/l.png', 'http://127.0.0.1:3000/l.png'])(
    'shows one from %s',
    (logoUri) => {
      expect(logoOf({ logoUri })).toBe(logoUri);
    },
  );
});

describe('clientModel and accountModel', () => {
  it.each([
    ['shop', 'S'],
    [' élan', 'É'],
    ['🦊 Fox', '🦊'],
    ['', ''],
  ])('stands for %p with %p', (name, initial) => {
    expect(clientModel({ name, logoUri: null }).initial).toBe(initial);
  });

  it('calls an account without a name by its username', () => {
    expect(accountModel({ name: null, username: 'ada' })).toEqual({
      name: 'ada',
      username: 'ada',
      initial: 'A',
    });
  });
});

describe('returnTarget', () => {
  it.each([
    ['https://shop.example.com/cb', 'shop.example.com'],
    ['https://shop.example.com:8443/cb', 'shop.example.com:8443'],
    ['http://127.0.0.1:4000/cb', 'an application on this device'],
    ['com.example.app:/cb', 'com.example.app'],
  ])('calls %s %s', (redirectUri, expected) => {
    expect(returnTarget(redirectUri)).toBe(expected);
  });
});

describe('waitingTime', () => {
  it.each([
    [0, '1 second'],
    [1, '1 second'],
    [1.2, '2 seconds'],
    [59, '59 seconds'],
    [60, '1 minute'],
    [61, '2 minutes'],
  ])('says of %d seconds %s', (seconds, expected) => {
    expect(waitingTime(seconds)).toBe(expected);
  });
});
