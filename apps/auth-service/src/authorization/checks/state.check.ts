/** `state` comes back as it was sent. */
import { type CheckSubject } from './authorization.check.js';

/** @see RFC 6749 section 4.1.1: opaque to this server; its length was limited by the parser */
export function checkState({ parameters }: CheckSubject) {
  return { state: parameters.state };
}
