import { contentSecurityPolicy } from './content-security-policy.js';

describe('contentSecurityPolicy', () => {
  const stays = { logo: null, redirectUri: null, submitsToClient: false };
  const directive = (policy: string, name: string) =>
    policy.split('; ').find((part) => part.startsWith(`${name} `));
  const formAction = (redirectUri: string) =>
    directive(contentSecurityPolicy({ ...stays, redirectUri }), 'form-action');

  it('allows a page its style sheet, its own images and its own form, and nothing else', () => {
    expect(contentSecurityPolicy(stays)).toBe(
      "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; form-action 'self'; " +
        "base-uri 'none'; frame-ancestors 'none'",
    );
  });

  it("adds the origin of the client's logo, and of no other image", () => {
    const policy = contentSecurityPolicy({
      ...stays,
      logo: 'https://cdn.example.com/a/logo.svg?x',
    });
    expect(directive(policy, 'img-src')).toBe("img-src 'self' https://cdn.example.com");
  });

  it.each([
    ['https://shop.example.com/cb?a=b', "form-action 'self' https:"],
    ['http://127.0.0.1:51234/cb', "form-action 'self' http://127.0.0.1:51234 https:"],
    ['http://localhost:3000/cb', "form-action 'self' http://localhost:3000 https:"],
    ['http://[::1]:51234/cb', "form-action 'self' http://*:51234 https:"],
    ['http://[::1]/cb', "form-action 'self' http://*:80 https:"],
    ['com.example.app:/cb', "form-action 'self' com.example.app:"],
  ])('lets the answer to the form go to %s', (redirectUri, expected) => {
    expect(formAction(redirectUri)).toBe(expected);
  });

  it('lets a page that posts to the client post nowhere else, by a script of ours', () => {
    const policy = contentSecurityPolicy({
      logo: null,
      redirectUri: 'com.example.app:/cb',
      submitsToClient: true,
    });
    expect(directive(policy, 'form-action')).toBe('form-action com.example.app:');
    expect(directive(policy, 'script-src')).toBe("script-src 'self'");
    expect(policy).not.toContain('unsafe');
  });
});
