import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const read = (file: string): string =>
  readFileSync(fileURLToPath(new URL(`../../${file}`, import.meta.url)), 'utf8');
const rows = read('docs/conformance.md')
  .split('\n')
  .filter((line) => line.startsWith('| `oidcc-'))
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map(([, module = '', test = '']) => [module.replaceAll('`', ''), test.replaceAll('`', '')]);

// The modules of both plans.
const MODULES = `
oidcc-server
oidcc-response-type-missing
oidcc-idtoken-signature
oidcc-idtoken-unsigned
oidcc-userinfo-get
oidcc-userinfo-post-header
oidcc-userinfo-post-body
oidcc-ensure-request-without-nonce-succeeds-for-code-flow
oidcc-scope-profile
oidcc-scope-email
oidcc-scope-address
oidcc-scope-phone
oidcc-scope-all
oidcc-alternate-happy-flow
oidcc-ensure-other-scope-order-succeeds
oidcc-display-page
oidcc-display-popup
oidcc-prompt-login
oidcc-prompt-none-not-logged-in
oidcc-prompt-none-logged-in
oidcc-max-age-1
oidcc-max-age-10000
oidcc-ensure-request-with-unknown-parameter-succeeds
oidcc-id-token-hint
oidcc-login-hint
oidcc-ui-locales
oidcc-claims-locales
oidcc-ensure-request-with-acr-values-succeeds
oidcc-codereuse
oidcc-codereuse-30seconds
oidcc-ensure-registered-redirect-uri
oidcc-ensure-post-request-succeeds
oidcc-server-client-secret-post
oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported
oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported
oidcc-claims-essential
oidcc-ensure-request-object-with-redirect-uri
oidcc-refresh-token
oidcc-ensure-request-with-valid-pkce-succeeds
oidcc-discovery-endpoint-verification
`;

describe('docs/conformance.md', () => {
  it('has every module of the plans, each once', () => {
    const modules = MODULES.trim().split('\n');
    expect(rows.map(([module]) => module).sort()).toEqual([...modules].sort());
  });

  it.each(rows.filter(([, test]) => test !== 'not applicable'))(
    'names what is there: %s, %s',
    (module = '', test = '') => {
      // The name of a test of its own, or of a row of a table of tests.
      expect(read(test)).toMatch(new RegExp(`(it\\(|\\[|^ +)'${module}'`, 'm'));
    },
  );
});
