/** Proves to an issuer which client asks (RFC 6749 section 2.3, RFC 7523 section 2.2). */
import { randomUUID, sign, type KeyObject } from 'node:crypto';
import { isAsymmetricAlgorithm, type AsymmetricAlgorithm } from '@keyward/oauth';
import { ALGORITHM_PARAMETERS, verifyInput } from '../jws/signature.js';
import { type ClientKey, type IntrospectionCredentials } from './introspection.options.js';

/** What authentication adds to a request. */
export interface ClientProof {
  readonly headers: Readonly<Record<string, string>>;
  readonly parameters: Readonly<Record<string, string>>;
}

/** Makes the proof of each request. */
export type ClientAuthentication = (nowMs: number) => Promise<ClientProof>;

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** One request long; the issuer's clock may be off a little. */
const ASSERTION_SECONDS = 60;

/**
 * Prepares the authentication of one client.
 * @param option where the credentials stand in the options, for the errors
 * @throws TypeError for credentials that cannot be used, without naming them
 */
export function clientAuthentication(
  credentials: IntrospectionCredentials,
  issuer: string,
  option = 'introspection.client',
): ClientAuthentication {
  const { clientId } = credentials;
  if (typeof clientId !== 'string' || clientId === '') {
    throw new TypeError(`${option} needs a clientId`);
  }
  if (credentials.method === 'private_key_jwt') return assertions(credentials, issuer, option);
  const { clientSecret, method = 'client_secret_basic' } = credentials;
  if (typeof clientSecret !== 'string' || clientSecret === '') {
    throw new TypeError(`${option} ${clientId}: no clientSecret`);
  }
  if (method !== 'client_secret_basic' && method !== 'client_secret_post') {
    throw new TypeError(`${option} ${clientId}: no such method`);
  }
  const proof: ClientProof =
    method === 'client_secret_basic'
      ? { headers: { authorization: basic(clientId, clientSecret) }, parameters: {} }
      : { headers: {}, parameters: { client_id: clientId, client_secret: clientSecret } };
  return () => Promise.resolve(proof);
}

/** @see RFC 6749 section 2.3.1: both are form-encoded first */
function basic(clientId: string, clientSecret: string): string {
  const encode = (text: string) => new URLSearchParams([['', text]]).toString().slice(1);
  const pair = `${encode(clientId)}:${encode(clientSecret)}`;
  return `Basic ${Buffer.from(pair).toString('base64')}`;
}

/** @see RFC 7523 section 3 */
function assertions(client: ClientKey, issuer: string, option: string): ClientAuthentication {
  const { clientId, privateKey, algorithm, keyId, assertionAudience = issuer } = client;
  if (!isAsymmetricAlgorithm(algorithm) || !fits(privateKey, algorithm)) {
    throw new TypeError(`${option} ${clientId}: no private key for its algorithm`);
  }
  const header = encode({ alg: algorithm, typ: 'JWT', ...(keyId && { kid: keyId }) });
  return async (nowMs) => {
    const iat = Math.floor(nowMs / 1000);
    const claims = { iss: clientId, sub: clientId, aud: assertionAudience };
    const times = { jti: randomUUID(), iat, exp: iat + ASSERTION_SECONDS };
    const input = `${header}.${encode({ ...claims, ...times })}`;
    const signature = await signOffThread(algorithm, privateKey, Buffer.from(input));
    return {
      headers: {},
      parameters: {
        client_id: clientId,
        client_assertion_type: ASSERTION_TYPE,
        client_assertion: `${input}.${signature.toString('base64url')}`,
      },
    };
  };
}

/** RSA key types and curves are told by node:crypto under names of its own. */
const CURVES: Readonly<Record<string, string>> = {
  prime256v1: 'P-256',
  secp384r1: 'P-384',
  secp521r1: 'P-521',
};

function fits(key: KeyObject, algorithm: AsymmetricAlgorithm): boolean {
  if (key?.type !== 'private') return false;
  const { kty, crv } = ALGORITHM_PARAMETERS[algorithm];
  if (kty === 'RSA') return key.asymmetricKeyType === 'rsa';
  if (kty === 'OKP') return key.asymmetricKeyType === 'ed25519';
  return CURVES[key.asymmetricKeyDetails?.namedCurve ?? ''] === crv;
}

function signOffThread(
  algorithm: AsymmetricAlgorithm,
  key: KeyObject,
  input: Buffer,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const { digest } = ALGORITHM_PARAMETERS[algorithm];
    sign(digest, input, verifyInput(algorithm, key), (error, signature) =>
      error === null ? resolve(signature) : reject(error),
    );
  });
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
