import { OutboundPolicy } from '../outbound/outbound.policy.js';
import { findClientIdUrlProblem, isAllowedClientHost, isClientIdUrl } from './client-id.url.js';

const policy = (allowLoopback: boolean) =>
  new OutboundPolicy({ allowedHosts: [], allowedNetworks: [], allowLoopback });

describe('the URL of a client', () => {
  it.each([
    'https://app.example.com/client.json',
    'https://app.example.com/agents/1/',
    'https://app.example.com:8443/client',
  ])('may be %s', (id) => {
    expect(isClientIdUrl(id)).toBe(true);
    expect(findClientIdUrlProblem(id, policy(false))).toBeNull();
  });

  it.each([
    ['without a path', 'https://app.example.com'],
    ['with the root for a path', 'https://app.example.com/'],
    ['with a fragment', 'https://app.example.com/client#1'],
    ['with an empty fragment', 'https://app.example.com/client#'],
    ['with a query', 'https://app.example.com/client?v=1'],
    ['with an empty query', 'https://app.example.com/client?'],
    ['with user information', 'https://a:b@app.example.com/client'],
    ['with a name of a user alone', 'https://a@app.example.com/client'],
    ['with user information that is empty', 'https://@app.example.com/client'],
    ['with a dot segment', 'https://app.example.com/a/./client'],
    ['with two dots', 'https://app.example.com/a/../client'],
    ['with dots that are encoded', 'https://app.example.com/a/%2e%2e/client'],
    ['with a slash that is encoded', 'https://app.example.com/a%2fclient'],
    ['with a host in upper case', 'https://App.example.com/client'],
    ['with the port that https has anyway', 'https://app.example.com:443/client'],
    ['with a backslash', 'https://app.example.com\\client'],
    ['with a number for a host', 'https://2130706433/client'],
    ['with a trailing dot', 'https://app.example.com./client'],
    ['with a port of another service', 'https://app.example.com:25/client'],
    ['by plain http', 'http://app.example.com/client'],
    ['by plain http to this machine, in production', 'http://127.0.0.1:4001/client'],
  ])('is not one %s: %s', (_what, id) =>
    expect(findClientIdUrlProblem(id, policy(false))).toEqual(expect.any(String)),
  );

  it('may be on this machine in development', () =>
    expect(findClientIdUrlProblem('http://127.0.0.1:4001/client', policy(true))).toBeNull());

  it.each([
    'web',
    '3f0e8d2a-5b1c-4e6f-8a7d-9c2b1e0f4a6d',
    'ftp://a/b',
    'https://a/ b',
    'https://a/\0',
  ])('is not meant by %j', (id) => expect(isClientIdUrl(id)).toBe(false));

  it('is allowed by its host with its port, not by a part of it', () => {
    const allows = (hosts: string[], id = 'https://app.example.com:8443/client') =>
      isAllowedClientHost(id, hosts);
    expect(allows(['app.example.com:8443'])).toBe(true);
    expect(allows(['*'])).toBe(true);
    expect(allows([])).toBe(false);
    expect(allows(['app.example.com'])).toBe(false);
    expect(allows(['example.com', 'example.com:8443'])).toBe(false);
  });
});
