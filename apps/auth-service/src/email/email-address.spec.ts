import { isSameAddress, parseEmailAddress } from './email-address.js';

describe('parseEmailAddress', () => {
  it.each([
    ['ada@example.com', 'ada@example.com'],
    ['  Ada.Byron+login@Example.COM ', 'Ada.Byron+login@example.com'],
    ["o'neill@mail.example.com", "o'neill@mail.example.com"],
    ['jörg@bücher.example', 'jörg@bücher.example'],
    ['a@xn--bcher-kva.example', 'a@xn--bcher-kva.example'],
  ])('takes %j', (typed, address) => {
    expect(parseEmailAddress(typed)).toBe(address);
  });

  it.each([
    ['nothing', ''],
    ['no domain', 'ada'],
    ['nobody', '@example.com'],
    ['a domain of one label', 'ada@localhost'],
    ['an address literal', 'ada@[192.0.2.1]'],
    ['two addresses', 'ada@example.com,eve@example.com'],
    ['two addresses by a semicolon', 'ada@example.com;eve@example.com'],
    ['a display name', 'Ada <ada@example.com>'],
    ['another at sign', 'ada@eve@example.com'],
    ['a line end', 'ada@example.com\r\nBcc: eve@example.com'],
    ['a NUL', 'ada\0@example.com'],
    ['a space', 'ada byron@example.com'],
    ['quotes', '"ada byron"@example.com'],
    ['a dot at the start', '.ada@example.com'],
    ['two dots', 'ada..byron@example.com'],
    ['an empty label', 'ada@example..com'],
    ['a label with a hyphen at its end', 'ada@example-.com'],
    ['a local part that is too long', `${'a'.repeat(65)}@example.com`],
    [
      'an address that is too long',
      `${'a'.repeat(60)}@${'b'.repeat(60)}.${'c.'.repeat(80)}example`,
    ],
  ])('does not take %s', (_name, typed) => {
    expect(parseEmailAddress(typed)).toBeNull();
  });

  it('tells addresses apart as mail servers do, whatever their case', () => {
    expect(isSameAddress('Ada@example.com', 'ada@example.com')).toBe(true);
    expect(isSameAddress('ada@example.com', 'ada@example.org')).toBe(false);
  });
});
