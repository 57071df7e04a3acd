/** Attacks by the header of a token: its algorithm, its type, its extensions and the keys it names. */
import { ATTACKER_KEYS_PATH } from './issuer-endpoints.js';
import { type HostileToken } from './hostile-token.js';
import { hmacWith, signWith } from './token-forge.js';

const unsigned = (): Uint8Array => new Uint8Array();

/** @see RFC 8725 section 3, RFC 9068 section 4 */
export const HOSTILE_HEADERS = {
  algNone: {
    what: 'of alg none without a signature',
    forge: (issuer) =>
      issuer.forge({ header: issuer.header({ alg: 'none', kid: undefined }), signer: unsigned }),
  },
  algNoneSigned: {
    what: 'of alg none with a signature that would be right',
    forge: (issuer) => issuer.forge({ header: issuer.header({ alg: 'nOnE' }) }),
  },
  hmacOfPublicKey: {
    what: 'of HS256 by the public key as PEM',
    forge: (issuer) => {
      const pem = issuer.key.publicKey.export({ type: 'spki', format: 'pem' }).toString();
      return issuer.forge({ header: issuer.header({ alg: 'HS256' }), signer: hmacWith(pem) });
    },
  },
  hmacOfPublishedJwk: {
    what: 'of HS256 by the published JWK',
    forge: (issuer) => {
      const signer = hmacWith(JSON.stringify(issuer.key.publicJwk));
      return issuer.forge({ header: issuer.header({ alg: 'HS256' }), signer });
    },
  },
  idToken: {
    what: 'that is an ID token for the same audience',
    forge: (issuer) =>
      issuer.forge({
        header: issuer.header({ typ: 'JWT' }),
        payload: issuer.claims({ nonce: 'n', at_hash: 'h' }),
      }),
  },
  logoutToken: {
    what: 'that is a logout token',
    forge: (issuer) => issuer.forge({ header: issuer.header({ typ: 'logout+jwt' }) }),
  },
  withoutTyp: {
    what: 'without a type',
    forge: (issuer) => issuer.forge({ header: issuer.header({ typ: undefined }) }),
  },
  critical: {
    what: 'with a critical extension that nobody knows',
    forge: (issuer) =>
      issuer.forge({ header: issuer.header({ crit: ['urn:test'], 'urn:test': true }) }),
  },
  unencodedPayload: {
    what: 'with b64 false',
    forge: (issuer) => issuer.forge({ header: issuer.header({ b64: false, crit: ['b64'] }) }),
  },
  embeddedKey: {
    what: 'that brings its key along as jwk, under a kid of the issuer',
    forge: (issuer, attacker) =>
      issuer.forge({
        header: issuer.header({ jwk: attacker.publicJwk }),
        signer: signWith(attacker),
      }),
  },
  remoteKey: {
    what: 'that says by jku where its key is',
    forge: (issuer, attacker) =>
      issuer.forge({
        header: issuer.header({ jku: `${issuer.url}${ATTACKER_KEYS_PATH}`, kid: attacker.kid }),
        signer: signWith(attacker),
      }),
  },
  certificateUrl: {
    what: 'that says by x5u where its certificate is',
    forge: (issuer, attacker) =>
      issuer.forge({
        header: issuer.header({ x5u: `${issuer.url}${ATTACKER_KEYS_PATH}` }),
        signer: signWith(attacker),
      }),
  },
  unknownKid: {
    what: 'of a kid that the issuer does not publish',
    forge: (issuer, attacker) =>
      issuer.forge({ header: issuer.header({ kid: attacker.kid }), signer: signWith(attacker) }),
  },
  kidOfPath: {
    what: 'whose kid is a path',
    forge: (issuer) => issuer.forge({ header: issuer.header({ kid: '../../../../dev/null' }) }),
  },
  kidOfNumber: {
    what: 'whose kid is no text',
    forge: (issuer) => issuer.forge({ header: issuer.header({ kid: 1 }) }),
  },
} satisfies Record<string, HostileToken>;
