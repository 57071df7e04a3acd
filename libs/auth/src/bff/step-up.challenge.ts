/** Makes of a service's challenge something that a page can act on (RFC 9470). */

/** What the person has to do before the same call is answered. */
export interface StepUpChallenge {
  readonly acrValues: string | undefined;
  readonly maxAge: string | undefined;
}

const PARAMETER = /([a-z_]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",]+))/gi;

/**
 * What kind of 401 a service answered.
 * @param header its WWW-Authenticate
 * @returns the challenge, or null where it is no wish for a surer sign-in
 * @see RFC 9470 section 3
 */
export function stepUpIn(header: string): StepUpChallenge | null {
  const parameters = new Map<string, string>();
  for (const [, name = '', quoted, plain] of header.matchAll(PARAMETER)) {
    const key = name.toLowerCase();
    if (!parameters.has(key)) parameters.set(key, quoted?.replace(/\\(.)/g, '$1') ?? plain ?? '');
  }
  if (parameters.get('error') !== 'insufficient_user_authentication') return null;
  return { acrValues: parameters.get('acr_values'), maxAge: parameters.get('max_age') };
}

/** The path at which the person steps up; the page adds `return_to`. */
export function stepUpPath(basePath: string, { acrValues, maxAge }: StepUpChallenge): string {
  const query = new URLSearchParams({
    ...(acrValues !== undefined && { acr_values: acrValues }),
    ...(maxAge !== undefined && { max_age: maxAge }),
  });
  return `${basePath}/login?${query.toString()}`;
}
