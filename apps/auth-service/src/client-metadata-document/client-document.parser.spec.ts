import { OutboundPolicy } from '../outbound/outbound.policy.js';
import { ClientDocumentParser } from './client-document.parser.js';

const ID = 'https://app.example.com/client.json';
const CALLBACK = 'https://app.example.com/callback';

describe('ClientDocumentParser, in production', () => {
  const rules = { allowedHosts: [], allowedNetworks: [], allowLoopback: false };
  const documentScopes = ['openid', 'orders:read'];
  const parser = new ClientDocumentParser(
    new OutboundPolicy(rules),
    { production: true },
    { documentScopes },
  );
  const parse = (members: object) => {
    const document = { client_id: ID, client_name: 'App', redirect_uris: [CALLBACK], ...members };
    return parser.parse(ID, Buffer.from(JSON.stringify(document)));
  };

  it.each([
    ['its own origin', [CALLBACK], [CALLBACK], 'web'],
    ['this device', ['http://127.0.0.1/a'], ['http://127.0.0.1/a'], 'native'],
    ['this device by IPv6', ['http://[::1]/a'], ['http://[::1]/a'], 'native'],
    ['its own origin beside others', ['https://evil.example/', CALLBACK], [CALLBACK], 'web'],
    ['both', [CALLBACK, 'http://127.0.0.1/a'], [CALLBACK, 'http://127.0.0.1/a'], 'native'],
  ])('lets a client return to %s', (_what, redirect_uris, kept, type) =>
    expect(parse({ redirect_uris })).toMatchObject({ redirect_uris: kept, application_type: type }),
  );

  it.each([
    ['another port', 'https://app.example.com:8443/callback'],
    ['a subdomain', 'https://a.app.example.com/callback'],
    ['a domain that begins so', 'https://app.example.com.evil.example/callback'],
    ['an app of the device', 'com.example.app:/callback'],
    ['plain http', 'http://app.example.com/callback'],
    ['user information', 'https://app.example.com@evil.example/callback'],
    ['every host', 'https://*.example.com/callback'],
  ])('lets it return to no other place: %s', (_what, uri) =>
    expect(() => parse({ redirect_uris: [uri] })).toThrow(/^redirect_uris/),
  );

  it('gives it what the operator allows, whatever it says of itself', () =>
    expect(
      parse({
        scope: 'openid orders:read orders:write',
        grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
        first_party: true,
        own_resource: 'https://orders.example.com',
        logo_uri: 'https://app.example.com/logo.png',
        backchannel_logout_uri: 'https://app.example.com/logout',
        allowed_cors_origins: ['https://evil.example'],
        refresh_profile: 'confidential',
      }),
    ).toEqual({
      ...parse({}),
      scope: 'openid orders:read',
      grant_types: ['authorization_code', 'refresh_token'],
      first_party: false,
      own_resource: undefined,
      backchannel_logout_uri: undefined,
      refresh_profile: 'mcp',
    }));
});
