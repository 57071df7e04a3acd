import { freshSeconds } from './document.freshness.js';

const NOW = Date.parse('2026-03-01T12:00:00Z');

describe('freshSeconds', () => {
  it.each([
    ['what the answer says', { 'cache-control': 'public, max-age=600' }, 600],
    ['the word to caches that are shared', { 'cache-control': 'max-age=600, s-maxage=900' }, 900],
    ['less by what it is old already', { 'cache-control': 'max-age=600', age: '200' }, 400],
    ['until it expires', { expires: 'Sun, 01 Mar 2026 12:10:00 GMT' }, 600],
    ['max-age before Expires', { 'cache-control': 'max-age=90', expires: 'never' }, 90],
    ['five minutes where nothing is said', {}, 300],
    ['a minute at least', { 'cache-control': 'max-age=1' }, 60],
    ['a minute for no-store', { 'cache-control': 'no-store, max-age=600' }, 60],
    ['a minute for no-cache', { 'cache-control': 'No-Cache' }, 60],
    ['a minute for what is stale already', { 'cache-control': 'max-age=600', age: '9999' }, 60],
    ['a minute for what cannot be read', { 'cache-control': 'max-age=forever' }, 60],
    ['a minute for a date that is none', { expires: '0' }, 60],
    ['a day at most', { 'cache-control': 'max-age=31536000' }, 86_400],
  ])('is %s', (_what, headers, seconds) => expect(freshSeconds(headers, NOW)).toBe(seconds));
});
