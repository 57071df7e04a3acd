/** Where the pages of a password reset stand. */

/** The page on which a person says whose password was forgotten. */
export function forgotPasswordPath(): string {
  return '/password/forgot';
}

/** The page on which a new one is chosen; with a token, the link that leads there. */
export function resetPasswordPath(token?: string): string {
  return token === undefined ? '/password/reset' : `/password/reset?token=${token}`;
}
