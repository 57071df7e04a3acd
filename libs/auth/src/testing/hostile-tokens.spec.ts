import { AccessTokenVerifier } from '../access-token/access-token.verifier.js';
import { outcomeOf, SILENT } from '../spec-support/access-token.fixture.js';
import { createTrusts } from '../trust/trusts.js';
import { ATTACKS, type Attack } from './hostile-tokens.js';
import { TestIssuer } from './test-issuer.js';

/** The rule that each attack breaks, and no other before it. */
const RULES: Readonly<Record<Attack, string>> = {
  algNone: 'canonical: not_a_jws',
  algNoneSigned: 'canonical: algorithm_not_allowed',
  hmacOfPublicKey: 'canonical: algorithm_not_allowed',
  hmacOfPublishedJwk: 'canonical: algorithm_not_allowed',
  idToken: 'canonical: typ_not_allowed',
  logoutToken: 'canonical: typ_not_allowed',
  withoutTyp: 'canonical: typ_not_allowed',
  critical: 'canonical: critical_header',
  unencodedPayload: 'canonical: critical_header',
  embeddedKey: 'signature: signature_mismatch',
  remoteKey: 'key: key_unknown',
  certificateUrl: 'signature: signature_mismatch',
  unknownKid: 'key: key_unknown',
  kidOfPath: 'key: key_unknown',
  kidOfNumber: 'canonical: key_id_type',
  otherIssuer: 'trust: issuer_not_trusted',
  similarIssuer: 'trust: issuer_not_trusted',
  withoutIssuer: 'trust: issuer_type',
  otherAudience: 'claims: audience',
  similarAudience: 'claims: audience',
  withoutAudience: 'claims: claim_missing',
  emptyAudience: 'claims: claim_type',
  expired: 'claims: expired',
  notYetValid: 'claims: not_yet_valid',
  withoutExpiry: 'claims: claim_missing',
  expiryAsText: 'claims: claim_type',
  expiryInMilliseconds: 'claims: claim_type',
  longLived: 'claims: lifetime_too_long',
  issuedInTheFuture: 'claims: issued_in_the_future',
  withoutSubject: 'claims: claim_missing',
  boundToKey: 'confirmation: bound_token_alone',
  twoSegments: 'canonical: not_a_jws',
  fourSegments: 'canonical: not_a_jws',
  fiveSegments: 'canonical: encrypted_token',
  padded: 'canonical: not_base64url',
  spareBits: 'canonical: not_base64url',
  exchangedClaims: 'signature: signature_mismatch',
  duplicateClaim: 'canonical: duplicate_member',
  escapedDuplicate: 'canonical: duplicate_member',
  duplicateHeader: 'canonical: duplicate_member',
  prototype: 'canonical: proto_member',
  byteOrderMark: 'canonical: not_a_json_object',
  list: 'canonical: not_a_json_object',
  invalidUtf8: 'canonical: not_utf8',
  emptySignature: 'canonical: not_a_jws',
  zeroSignature: 'signature: signature_mismatch',
  shortSignature: 'signature: signature_mismatch',
  longSignature: 'signature: signature_mismatch',
  flippedSignature: 'signature: signature_mismatch',
};

describe.each(['ES256', 'RS256', 'EdDSA'] as const)('the attack table by %s', (algorithm) => {
  let issuer: TestIssuer;
  let verifier: AccessTokenVerifier;

  beforeAll(async () => {
    issuer = await TestIssuer.start({ algorithm });
    const trusts = createTrusts([issuer.trust()], SILENT, issuer.clock.now);
    verifier = new AccessTokenVerifier(trusts, {}, issuer.clock.now);
  });

  afterAll(() => issuer.stop());

  it('starts from a good token', async () => {
    expect(await outcomeOf(verifier, issuer.token())).toBe('accepted');
  });

  it.each(Object.entries(RULES) as [Attack, string][])('breaks by %s: %s', async (name, rule) => {
    expect(await outcomeOf(verifier, issuer.hostile[name]())).toBe(rule);
  });

  it('has a sentence of its own for each attack', () => {
    expect(new Set(Object.values(ATTACKS)).size).toBe(Object.keys(RULES).length);
  });
});
