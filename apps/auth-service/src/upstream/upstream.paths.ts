/** Where sign-in by an upstream provider begins, comes back to, and asks whether to link. */

/** Posted to by the button of a provider. */
export function beginPath(interactionId: string, upstreamId: string): string {
  return `/interaction/${interactionId}/upstream/${upstreamId}`;
}

/** The `redirect_uri` of a provider, its own: so its answers cannot be taken for another one's. */
export function callbackPath(upstreamId: string): string {
  return `/upstream/callback/${upstreamId}`;
}

/** The page that asks whether an account is linked to someone at a provider. */
export function linkPath(interactionId: string): string {
  return `/interaction/${interactionId}/link`;
}

/** What the token of such a form is made for. */
export function upstreamFormContext(interactionId: string): string {
  return `upstream ${interactionId}`;
}
