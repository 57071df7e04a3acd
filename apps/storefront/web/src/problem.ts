/** Finds words for what went wrong. */
import { BackendError } from './backend.js';

const WORDS: Readonly<Record<string, string>> = {
  offline: 'The shop cannot be reached. Check your connection and try again.',
  session_ended: 'You have been signed out. Sign in again to go on.',
  service_unreachable: 'The orders desk does not answer. Nothing is lost: try again in a moment.',
  temporarily_unavailable: 'That cannot be done right now. Try again in a moment.',
  foreign_page: 'The shop did not recognise this page. Load it again.',
};

const SIGN_IN_WORDS: Readonly<Record<string, string>> = {
  access_denied: 'You did not allow the shop to see your orders, so you are not signed in.',
  expired: 'That sign-in took too long, or was started in another browser. Try again.',
  temporarily_unavailable: 'Signing in is not possible right now. Try again in a moment.',
  unmet_authentication_requirements: 'That sign-in was not as sure as this payment needs.',
};

export function wordsFor(error: unknown): string {
  const code = error instanceof BackendError ? error.error : '';
  return WORDS[code] ?? 'Something went wrong at the shop. Try again, or come back later.';
}

export function wordsForSignIn(code: string): string {
  return SIGN_IN_WORDS[code] ?? 'Signing in did not work. Try again.';
}
