import { returnPath } from './return-path.js';

const ORIGIN = 'https://shop.example.com';

describe('where people go on after a sign-in', () => {
  it.each([
    ['/', '/'],
    ['/orders?id=1#top', '/orders?id=1#top'],
    ['/a/../b', '/b'],
    ['/search?q=https://evil.example', '/search?q=https://evil.example'],
  ])('is the path %s of the application', (asked, wanted) => {
    expect(returnPath(asked, ORIGIN)).toBe(wanted);
  });

  it.each([
    [null],
    [''],
    ['orders'],
    ['https://evil.example/'],
    ['//evil.example'],
    ['///evil.example'],
    ['/\\evil.example'],
    ['\\/evil.example'],
    ['/\t/evil.example'],
    ['/\n/evil.example'],
    [' /orders'],
    ['/.//evil.example'],
    ['/a/..//evil.example'],
    ['/%2e//evil.example'],
    ['javascript:alert(1)'],
    [`/${'a'.repeat(2000)}`],
  ])('is the front page instead of %j', (asked) => {
    expect(returnPath(asked, ORIGIN)).toBe('/');
  });
});
