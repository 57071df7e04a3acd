/** Reading a Cookie header: the same names as the browser saw, and no more. */
import { cookieValues } from './cookie-header.js';

const NAME = '__Host-at';
const read = (cookie: string | readonly string[]) => cookieValues({ cookie }, NAME);

describe('cookieValues', () => {
  it.each([
    ['alone', '__Host-at=abc', ['abc']],
    ['among others', 'a=1; __Host-at=abc; b=2', ['abc']],
    ['without blanks', 'a=1;__Host-at=abc;b=2', ['abc']],
    ['with more of them', 'a=1; \t __Host-at \t=  abc\t ; b=2', ['abc']],
    ['with padding', '__Host-at=abc==', ['abc==']],
    ['that is empty', '__Host-at=', ['']],
    ['in quotes, which stay', '__Host-at="abc"', ['"abc"']],
    ['with an escape, which stays', '__Host-at=a%2Eb', ['a%2Eb']],
    ['twice', '__Host-at=abc; __Host-at=def', ['abc', 'def']],
  ])('finds a cookie %s', (_name, cookie, values) => {
    expect(read(cookie)).toEqual(values);
  });

  it('finds the cookies of several headers, wherever they were not put together', () => {
    expect(read(['__Host-at=abc', 'a=1; __Host-at=def'])).toEqual(['abc', 'def']);
  });

  it('finds none where there is no header', () => {
    expect(cookieValues({}, NAME)).toEqual([]);
  });

  it.each([
    ['in another case', '__host-at=abc; __HOST-AT=abc'],
    ['that begins alike', '__Host-at2=abc'],
    ['that ends alike', 'x__Host-at=abc'],
    ['without a value', '__Host-at'],
    ['in the value of another', 'a=__Host-at=abc'],
    ['behind a space that is no blank', '\u00a0__Host-at=abc; \u2000__Host-at=abc'],
    ['before a space that is no blank', '__Host-at\u00a0=abc; __Host-at\v=abc'],
    ['behind the attributes of RFC 2109', '$Version=1, __Host-at=abc'],
    ['in escapes', '%5F%5FHost-at=abc'],
  ])('takes no cookie for it %s', (_name, cookie) => {
    expect(read(cookie)).toEqual([]);
  });
});
