/** Says in words what happened, where a screen reader hears it as well. */
import { element, place } from './dom.js';

export type NoticeKind = 'done' | 'problem' | 'plain';

/** Replaces what was said before. */
export function say(kind: NoticeKind, text: string): void {
  place('notice').replaceChildren(element('p', { class: `notice ${kind}` }, text));
}

/** Says nothing any more. */
export function sayNothing(): void {
  place('notice').replaceChildren();
}
