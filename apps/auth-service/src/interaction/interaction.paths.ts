/** Where the pages of an interaction stand. */

/** The page on which a person signs in. */
export function signInPath(interactionId: string): string {
  return `/interaction/${interactionId}/sign-in`;
}

/** The page on which a person proves what a password alone does not. */
export function factorPath(interactionId: string): string {
  return `/interaction/${interactionId}/factor`;
}

/** The page on which a person sets up a first second factor. */
export function enrolmentPath(interactionId: string): string {
  return `/interaction/${interactionId}/enrolment`;
}

/** The page on which a person chooses the account to go on with. */
export function selectAccountPath(interactionId: string): string {
  return `/interaction/${interactionId}/account`;
}

/** The page on which a person allows a client what it asks for. */
export function consentPath(interactionId: string): string {
  return `/interaction/${interactionId}/consent`;
}

/** Where each page goes when it is done: the authorization endpoint decides what comes next. */
export function continuePath(interactionId: string): string {
  return `/oauth2/authorize/${interactionId}`;
}
