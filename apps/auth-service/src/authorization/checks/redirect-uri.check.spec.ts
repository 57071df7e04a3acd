import { InvalidRequestError } from '@keyward/oauth';
import { clientFixture } from '../../testing/client.fixture.js';
import { checkRedirectUri } from './redirect-uri.check.js';

const WEB = 'https://web.example.com/app/callback';
const web = clientFixture({ redirectUris: [WEB, 'https://web.example.com/callback?tenant=1'] });
const native = clientFixture({
  applicationType: 'native',
  redirectUris: [
    'http://127.0.0.1/callback',
    'http://[::1]/callback?a=b',
    'http://127.0.0.1:8080/fixed',
    'http://localhost/callback',
    'http://127.0.0.1',
    'com.example.app:/callback',
    'https://app.example.com/callback',
  ],
});

describe('checkRedirectUri', () => {
  it.each([WEB, 'https://web.example.com/callback?tenant=1'])('takes %s as registered', (uri) => {
    expect(checkRedirectUri(web, uri)).toBe(uri);
  });

  it.each([
    ['nothing', null],
    ['userinfo', 'https://web.example.com@evil.example/app/callback'],
    ['userinfo before the right host', 'https://evil@web.example.com/app/callback'],
    ['a password', 'https://a:b@web.example.com/app/callback'],
    ['dot segments', 'https://web.example.com/app/../app/callback'],
    ['a dot segment', 'https://web.example.com/app/./callback'],
    ['an encoded dot segment', 'https://web.example.com/app/%2e%2e/app/callback'],
    ['an encoded slash', 'https://web.example.com/app%2fcallback'],
    ['a backslash', 'https://web.example.com/app\\callback'],
    ['an extra query', `${WEB}?next=https://evil.example`],
    ['an empty query', `${WEB}?`],
    ['more in its query', 'https://web.example.com/callback?tenant=1&tenant=2'],
    ['another value in its query', 'https://web.example.com/callback?tenant=2'],
    ['a fragment', `${WEB}#`],
    ['a fragment with text', `${WEB}#a`],
    ['an upper-case host', 'https://WEB.example.com/app/callback'],
    ['an upper-case scheme', 'HTTPS://web.example.com/app/callback'],
    ['the default port', 'https://web.example.com:443/app/callback'],
    ['another port', 'https://web.example.com:8443/app/callback'],
    ['another scheme', 'http://web.example.com/app/callback'],
    ['a longer path', `${WEB}/more`],
    ['a trailing slash', `${WEB}/`],
    ['a shorter path', 'https://web.example.com/app'],
    ['another case in its path', 'https://web.example.com/app/Callback'],
    ['a subdomain', 'https://evil.web.example.com/app/callback'],
    ['a longer host', 'https://web.example.com.evil.example/app/callback'],
    ['a dot at the end of the host', 'https://web.example.com./app/callback'],
    ['white space', ` ${WEB}`],
    ['a line break', `${WEB}\n`],
    ['a NUL', `${WEB}\u0000`],
    ['javascript:', 'javascript:alert(document.domain)//https://web.example.com/app/callback'],
    ['data:', 'data:text/html,<script>alert(1)</script>'],
    ['a path alone', '/app/callback'],
    ['no scheme', '//web.example.com/app/callback'],
    ['a loopback address that is not registered', 'http://127.0.0.1/callback'],
  ])('refuses a redirect_uri with %s', (_, uri) => {
    expect(() => checkRedirectUri(web, uri)).toThrow(InvalidRequestError);
  });

  it.each([
    'http://127.0.0.1:51004/callback',
    'http://127.0.0.1/callback',
    'http://127.0.0.1:65535/fixed',
    'http://127.0.0.1/fixed',
    'http://[::1]:1/callback?a=b',
    'http://127.0.0.1:9000',
    'com.example.app:/callback',
    'http://localhost/callback',
  ])('lets a native client choose the port of a loopback address: %s', (uri) => {
    expect(checkRedirectUri(native, uri)).toBe(uri);
  });

  it.each([
    ['a port of localhost', 'http://localhost:51004/callback'],
    ['a port of a website', 'https://app.example.com:51004/callback'],
    ['https on loopback', 'https://127.0.0.1:51004/callback'],
    ['another loopback address', 'http://127.0.0.2:51004/callback'],
    ['a short loopback address', 'http://127.1:51004/callback'],
    ['a number for a host', 'http://2130706433:51004/callback'],
    ['another spelling of ::1', 'http://[0:0:0:0:0:0:0:1]:51004/callback'],
    ['a port of two parts', 'http://127.0.0.1:80:80/callback'],
    ['a port too high', 'http://127.0.0.1:65536/callback'],
    ['a port with a leading zero', 'http://127.0.0.1:080/callback'],
    ['port zero', 'http://127.0.0.1:0/callback'],
    ['no digits of a port', 'http://127.0.0.1:/callback'],
    ['a host behind a port', 'http://127.0.0.1:80@evil.example/callback'],
    ['a host behind the address', 'http://127.0.0.1.evil.example/callback'],
    ['another path', 'http://127.0.0.1:51004/other'],
    ['another query', 'http://[::1]:51004/callback?a=c'],
    ['a missing query', 'http://[::1]:51004/callback'],
    ['a fragment', 'http://127.0.0.1:51004/callback#a'],
    ['a line break', 'http://127.0.0.1:51004/callback\n'],
    ['another scheme of an app', 'com.example.app.evil:/callback'],
    ['more slashes', 'com.example.app:///callback'],
  ])('refuses a native client with %s', (_, uri) => {
    expect(() => checkRedirectUri(native, uri)).toThrow(InvalidRequestError);
  });

  it('leaves a web client no choice of the port', () => {
    const client = clientFixture({ redirectUris: ['http://127.0.0.1/callback'] });
    expect(() => checkRedirectUri(client, 'http://127.0.0.1:51004/callback')).toThrow(
      InvalidRequestError,
    );
  });
});
