/** Which URLs keys may come from. */
import { checkKeyUrl } from './issuer-url.js';

describe('checkKeyUrl', () => {
  it.each([
    'https://as.example',
    'https://as.example:8443/keys?v=1',
    'http://localhost:4000',
    'http://127.0.0.1:4000/jwks',
    'http://127.8.9.10',
    'http://[::1]:4000',
    // The URL parser turns this into 127.0.0.1.
    'http://2130706433/',
  ])('accepts %s', (url) => {
    expect(checkKeyUrl(url, false)).toBe(url);
  });

  it.each([
    ['http://as.example', /insecureHttp: true/],
    ['http://localhost.evil.example', /not https/],
    ['http://127.0.0.1.evil.example', /not https/],
    ['http://0.0.0.0', /not https/],
    ['http://[::]', /not https/],
    ['http://10.0.0.1', /not https/],
    ['ftp://as.example', /not https/],
    ['file:///etc/passwd', /not https/],
    ['data:application/json,{}', /not https/],
    ['as.example', /not a URL/],
    ['', /not a URL/],
    ['https://user@as.example', /credentials/],
    ['https://user:secret@as.example', /credentials/],
  ])('refuses %s', (url, message) => {
    expect(() => checkKeyUrl(url, false)).toThrow(TypeError);
    expect(() => checkKeyUrl(url, false)).toThrow(message);
  });

  it('never repeats the credentials of a URL', () => {
    expect(() => checkKeyUrl('https://user:hunter2@as.example', false)).not.toThrow(/hunter2/);
    expect(() => checkKeyUrl('ftp://user:hunter2@as.example', true)).not.toThrow(/hunter2/);
  });

  it('cannot be made to write a second line into a log', () => {
    expect(() => checkKeyUrl('http://as.example/\nWARN forged', false)).toThrow(/^[^\n]*$/);
    expect(() => checkKeyUrl('as.example\nWARN forged', false)).toThrow(/^[^\n]*$/);
  });

  it('lets http through where it was asked for by name, and nothing else', () => {
    expect(checkKeyUrl('http://as.example', true)).toBe('http://as.example');
    expect(() => checkKeyUrl('ftp://as.example', true)).toThrow(TypeError);
  });
});
