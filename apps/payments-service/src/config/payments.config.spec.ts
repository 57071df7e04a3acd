import { readPaymentsConfiguration } from './payments.config.js';

describe('readPaymentsConfiguration', () => {
  it('has a default for everything, and trusts nobody else', () => {
    expect(readPaymentsConfiguration({})).toMatchObject({
      host: '127.0.0.1',
      port: 4003,
      issuer: 'http://127.0.0.1:4000',
      audience: 'http://127.0.0.1:4003',
      insecureHttp: false,
      stepUpLimitMinor: 10_000,
      foreign: undefined,
      revocations: undefined,
    });
  });

  it.each([
    ['100.00', 10_000],
    ['0.07', 7],
    ['250', 25_000],
    ['0', 0],
  ])('reads %s as %d of the minor unit', (text, minor) => {
    expect(readPaymentsConfiguration({ PAYMENTS_STEP_UP_LIMIT: text }).stepUpLimitMinor).toBe(
      minor,
    );
  });

  it.each([
    ['PAYMENTS_PORT', '65536'],
    ['PAYMENTS_ISSUER', 'login.example'],
    ['PAYMENTS_ALGORITHM', 'none'],
    ['PAYMENTS_STEP_UP_LIMIT', '1,50'],
    ['PAYMENTS_STEP_UP_LIMIT', '-1'],
    ['PAYMENTS_WHEN_STALE', 'ignore'],
    ['PAYMENTS_FOREIGN_ISSUER', 'bank'],
    ['PAYMENTS_FOREIGN_ALGORITHM', 'HS256'],
    ['PAYMENTS_INSECURE_HTTP', 'yes'],
  ])('refuses %s=%s by the name of the variable', (name, value) => {
    expect(() => readPaymentsConfiguration({ [name]: value })).toThrow(name);
  });

  it('lists every problem at once, and no value', () => {
    const read = () => readPaymentsConfiguration({ PAYMENTS_PORT: 'sesame', PAYMENTS_ISSUER: 'y' });
    expect(read).toThrow(/PAYMENTS_PORT[^]*PAYMENTS_ISSUER/);
    expect(read).not.toThrow(/sesame/);
  });
});
