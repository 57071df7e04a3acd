/** Remembers why a request was refused, beside the answer, which must not say it. */
import { type Refusal } from '../access-token/refusal.js';

const refusals = new WeakMap<object, Refusal>();

/** Notes why `answer` is what the client gets. */
export function noteRefusal<Answer extends object>(answer: Answer, refusal: Refusal): Answer {
  refusals.set(answer, refusal);
  return answer;
}

/** Why the client got `answer`; undefined where it was no refusal of this library. */
export function refusalBehind(answer: unknown): Refusal | undefined {
  return typeof answer === 'object' && answer !== null ? refusals.get(answer) : undefined;
}
