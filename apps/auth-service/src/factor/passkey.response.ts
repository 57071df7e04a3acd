/** Reads what a browser posts after a WebAuthn ceremony. */
import {
  type AuthenticationResponseJSON,
  type RegistrationResponseJSON,
} from '@simplewebauthn/server';
import { z } from 'zod';

/** Longest response that is looked at, in characters; attestations are asked not to be sent. */
const MAX_RESPONSE_LENGTH = 16_384;

const base64url = z.string().regex(/^[\w-]*$/);

const common = {
  id: base64url.min(1),
  rawId: base64url.min(1),
  type: z.literal('public-key'),
  clientExtensionResults: z.looseObject({}).default({}),
};

const authentication = z.object({
  ...common,
  response: z.object({
    clientDataJSON: base64url,
    authenticatorData: base64url,
    signature: base64url,
    userHandle: base64url.nullish().transform((handle) => handle ?? undefined),
  }),
});

const registration = z.object({
  ...common,
  response: z.object({
    clientDataJSON: base64url,
    attestationObject: base64url,
    transports: z
      .array(z.string().regex(/^[a-z-]{1,20}$/))
      .max(10)
      .optional(),
  }),
});

/** @returns null for anything that is no response to a request for a signature */
export function parseAuthentication(text: string | null): AuthenticationResponseJSON | null {
  return (authentication.safeParse(parse(text)).data as AuthenticationResponseJSON) ?? null;
}

/** @returns null for anything that is no response to a request for a new key */
export function parseRegistration(text: string | null): RegistrationResponseJSON | null {
  return (registration.safeParse(parse(text)).data as RegistrationResponseJSON) ?? null;
}

function parse(text: string | null): unknown {
  if (text === null || text.length > MAX_RESPONSE_LENGTH) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
