/** How sure a sign-in is: the ladder of `acr` values, and which proofs reach each rung. */

/** `amr` value of a password (RFC 8176 section 2). */
export const PASSWORD_AMR = 'pwd';

/** `amr` value of a one-time code: of an authenticator application, or a recovery code. */
export const ONE_TIME_CODE_AMR = 'otp';

/** `amr` value of a passkey that cannot leave its device. */
export const HARDWARE_KEY_AMR = 'hwk';

/** `amr` value of a passkey that is synchronised between devices. */
export const SOFTWARE_KEY_AMR = 'swk';

/** `amr` value of a person who proved to be there to the device: by PIN, finger or face. */
export const USER_PRESENCE_AMR = 'user';

/** `amr` value of another provider's word; in use by others, not in the registry of RFC 8176. */
export const FEDERATED_AMR = 'fed';

/** `amr` value beside the others where there were several factors. */
export const MULTIPLE_FACTORS_AMR = 'mfa';

/** `acr` of a sign-in by one factor. */
export const PASSWORD_ACR = 'urn:keyward:acr:password';

/** `acr` of a sign-in by two factors. */
export const MFA_ACR = 'urn:keyward:acr:mfa';

/** `acr` of two factors that no imitation of our pages can pass on: a passkey is among them. */
export const PHISHING_RESISTANT_ACR = 'urn:keyward:acr:phr';

/** Every {@link Acr}, the surest last. */
export const ACRS = [PASSWORD_ACR, MFA_ACR, PHISHING_RESISTANT_ACR] as const;

/** An Authentication Context Class Reference of this server (OpenID Connect Core section 2). */
export type Acr = (typeof ACRS)[number];

/** Whether a value is one of this server's. */
export function isAcr(value: string): value is Acr {
  return (ACRS as readonly string[]).includes(value);
}

/** Whether a sign-in is at least as sure as is needed; a value that is not ours never is. */
export function reaches(acr: string, needed: Acr): boolean {
  return isAcr(acr) && ACRS.indexOf(acr) >= ACRS.indexOf(needed);
}

/** The surer one of two. */
export function surer(one: Acr, other: Acr): Acr {
  return reaches(one, other) ? one : other;
}

/**
 * What methods amount to. A passkey that knows its person is two factors by itself. Another provider's
 * word is one, and two where it came with `mfa`, which is there only where that provider is believed.
 */
export function acrOf(amr: readonly string[]): Acr {
  const has = (method: string) => amr.includes(method);
  const hasPasskey = has(HARDWARE_KEY_AMR) || has(SOFTWARE_KEY_AMR);
  const hasFirst = has(PASSWORD_AMR) || has(FEDERATED_AMR);
  if (hasPasskey && (has(USER_PRESENCE_AMR) || hasFirst)) return PHISHING_RESISTANT_ACR;
  if (has(FEDERATED_AMR) && has(MULTIPLE_FACTORS_AMR)) return MFA_ACR;
  return hasFirst && has(ONE_TIME_CODE_AMR) ? MFA_ACR : PASSWORD_ACR;
}

/** Methods of one sign-in, each once, with `mfa` where they were several factors. */
export function joinAmr(...methods: readonly (readonly string[])[]): readonly string[] {
  const joined = new Set(methods.flat().filter((method) => method !== MULTIPLE_FACTORS_AMR));
  const reached = [[...joined], ...methods].some((list) => reaches(acrOf(list), MFA_ACR));
  if (reached) joined.add(MULTIPLE_FACTORS_AMR);
  return [...joined];
}
