import { normalizeHttpUri } from './http-uri.js';

describe('normalizeHttpUri', () => {
  it.each([
    ['https://a.example', 'https://a.example/'],
    ['https://a.example:443/', 'https://a.example/'],
    ['http://a.example:80/', 'http://a.example/'],
    ['https://a.example:80/', 'https://a.example:80/'],
    ['HTTPS://A.Example/Path', 'https://a.example/Path'],
    ['https://a.example/b?c=d#e', 'https://a.example/b'],
    ['https://a.example/%7euser/%c3%a4/%2f', 'https://a.example/~user/%C3%A4/%2F'],
    ['https://a.example/./b/../c', 'https://a.example/c'],
    ['https://a.example/b/%2e%2e/c', 'https://a.example/c'],
    ['https://a.example//b', 'https://a.example//b'],
    ['https://[::1]:8443/', 'https://[::1]:8443/'],
  ])('writes %s as %s', (text, normal) => {
    expect(normalizeHttpUri(text)).toBe(normal);
  });

  it.each([
    '',
    '/path',
    'a.example',
    'ftp://a.example/',
    'https:a.example',
    'https:\\\\a.example\\',
    'https://a.example\\@b.example/',
    'https://user@a.example/',
    'https://a.example/a b',
    'https://a.example/a\tb',
    ' https://a.example/',
    'https://a.example/\u00e4',
    'https://\u00e4.example/',
    'https://a.example/%zz',
    'https://a.example/%2',
    'https://a.example:99999/',
  ])('refuses %j', (text) => {
    expect(normalizeHttpUri(text)).toBeUndefined();
  });
});
