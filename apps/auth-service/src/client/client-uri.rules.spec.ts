import {
  findOriginProblem,
  findRedirectUriProblem,
  findServerUriProblem,
} from './client-uri.rules.js';

const WEB = { applicationType: 'web', production: false } as const;
const NATIVE = { applicationType: 'native', production: true } as const;

describe('findRedirectUriProblem', () => {
  it.each([
    ['https://a.example.com/callback', WEB],
    ['https://a.example.com', WEB],
    ['https://a.example.com:8443/callback?tenant=1', WEB],
    ['https://a.example.com/c%C3%A4llback', WEB],
    ['http://localhost:4002/callback', WEB],
    ['https://a.example.com/callback', NATIVE],
    ['http://127.0.0.1/callback', NATIVE],
    ['http://[::1]:8080/callback', NATIVE],
    ['com.example.app:/callback', NATIVE],
    ['com.example.app://host/callback', NATIVE],
  ])('takes %s', (uri, context) => {
    expect(findRedirectUriProblem(uri, context)).toBeNull();
  });

  it.each([
    ['not absolute', '/callback', 'absolute'],
    ['with a space', 'https://a.example.com/a b', 'absolute'],
    ['with a backslash', 'https://a.example.com\\@evil.example.com/', 'absolute'],
    ['with a line feed', 'https://a.example.com/\ncallback', 'absolute'],
    ['in another alphabet', 'https://exämple.com/callback', 'absolute'],
    ['with a stray percent sign', 'https://a.example.com/%zz', 'absolute'],
    ['with a wildcard host', 'https://*.example.com /callback', 'absolute'],
    ['with a fragment', 'https://a.example.com/callback#a', 'fragment'],
    ['with an empty fragment', 'https://a.example.com/callback#', 'fragment'],
    ['with user information', 'https://user@a.example.com/callback', 'user information'],
    ['with empty user information', 'https://@a.example.com/callback', 'user information'],
    ['with a password', 'https://u:p@a.example.com/callback', 'user information'],
    ['with dot segments', 'https://a.example.com/x/../callback', 'normal form'],
    ['with a single dot segment', 'https://a.example.com/./callback', 'normal form'],
    ['with encoded dot segments', 'https://a.example.com/x/%2e%2E/callback', 'normal form'],
    ['with an encoded dot', 'https://a.example.com/x%2Ey', 'encode'],
    ['with an encoded slash', 'https://a.example.com/x%2Fy', 'encode'],
    ['with an encoded backslash', 'https://a.example.com/x%5cy', 'encode'],
    ['with an encoded NUL', 'https://a.example.com/x%00', 'encode'],
    ['with an encoded line feed', 'https://a.example.com/x?y=%0a', 'encode'],
    ['with an upper-case host', 'https://A.example.com/callback', 'normal form'],
    ['with the default port', 'https://a.example.com:443/callback', 'normal form'],
    ['with an address as one number', 'http://2130706433/callback', 'normal form'],
    ['with a parameter of the response', 'https://a.example.com/?state=1', 'of the response'],
    ['of another machine over http', 'http://a.example.com/callback', 'https'],
    ['of a host that only begins like loopback', 'http://127.0.0.1.evil.com/', 'https'],
    ['that runs a script', 'javascript:alert(1)', 'private-use'],
    ['that is a document', 'data:text/html,x', 'private-use'],
    ['of a file', 'file:///etc/passwd', 'private-use'],
    ['of a scheme without a dot', 'myapp:/callback', 'private-use'],
    ['longer than 2048 characters', `https://a.example.com/${'a'.repeat(2048)}`, 'longer'],
  ])('refuses one %s from every client', (_, uri, problem) => {
    expect(findRedirectUriProblem(uri, WEB)).toContain(problem);
    expect(findRedirectUriProblem(uri, NATIVE)).toContain(problem);
  });

  it('takes private-use schemes from native clients alone', () => {
    expect(findRedirectUriProblem('com.example.app:/callback', WEB)).toContain('native');
  });

  it.each(['http://localhost:4002/callback', 'http://127.0.0.1/callback'])(
    'refuses %s of a web client in production',
    (uri) => {
      expect(findRedirectUriProblem(uri, { ...WEB, production: true })).toContain('production');
    },
  );
});

describe('findServerUriProblem', () => {
  it('takes https, and http of this machine outside production', () => {
    expect(findServerUriProblem('https://a.example.com/jwks', true)).toBeNull();
    expect(findServerUriProblem('http://127.0.0.1:1/jwks', false)).toBeNull();
    expect(findServerUriProblem('http://127.0.0.1:1/jwks', true)).toBe('must be https');
    expect(findServerUriProblem('http://a.example.com/jwks', false)).toBe('must be https');
    expect(findServerUriProblem('com.example.app:/jwks', false)).toBe('must be https');
    expect(findServerUriProblem('https://u@a.example.com/jwks', false)).toContain('user');
  });
});

describe('findOriginProblem', () => {
  it.each(['https://a.example.com', 'http://localhost:3000'])('takes %s', (origin) => {
    expect(findOriginProblem(origin, false)).toBeNull();
  });

  it.each(['*', 'null', 'https://a.example.com/', 'https://a.example.com/x', 'https://A.com'])(
    'refuses %s',
    (origin) => {
      expect(findOriginProblem(origin, false)).toContain('must be an origin');
    },
  );

  it('refuses http of another machine', () => {
    expect(findOriginProblem('http://a.example.com', false)).toBe('must be https');
  });
});
