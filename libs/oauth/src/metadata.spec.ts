import { authorizationServerMetadataUri, openidConfigurationUri } from './metadata.js';

describe('metadata URLs', () => {
  it.each([
    ['https://as.example', 'https://as.example/.well-known/oauth-authorization-server'],
    ['https://as.example/', 'https://as.example/.well-known/oauth-authorization-server'],
    ['https://as.example/t1', 'https://as.example/.well-known/oauth-authorization-server/t1'],
    ['https://as.example/t1/', 'https://as.example/.well-known/oauth-authorization-server/t1'],
  ])('puts the well-known part before the path of %s (RFC 8414)', (issuer, uri) => {
    expect(authorizationServerMetadataUri(issuer)).toBe(uri);
  });

  it.each([
    ['https://as.example', 'https://as.example/.well-known/openid-configuration'],
    ['https://as.example/t1/', 'https://as.example/t1/.well-known/openid-configuration'],
  ])('appends the well-known part to %s (OpenID Connect Discovery)', (issuer, uri) => {
    expect(openidConfigurationUri(issuer)).toBe(uri);
  });

  it.each([
    'https://as.example?x=1',
    'https://as.example/#f',
    'https://as.example?',
    'ftp://as.example',
    'https://u:p@as.example',
    'as.example',
  ])('refuses %s as an issuer', (issuer) => {
    expect(() => authorizationServerMetadataUri(issuer)).toThrow();
    expect(() => openidConfigurationUri(issuer)).toThrow();
  });
});
