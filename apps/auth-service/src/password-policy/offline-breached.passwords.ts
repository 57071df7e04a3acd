/** The passwords that are tried first anywhere, recognised without asking anybody. */
import { Injectable } from '@nestjs/common';
import { COMMON_PASSWORD_WORDS } from './common-password.words.js';
import { BreachedPasswords } from './breached.passwords.js';

const MAX_WORDS = 2;
const LONGEST_REPEATED_PART = 4;

/**
 * A list of few words, and the ways in which people lengthen them: twice, two of them, with digits or
 * signs before and after. An adapter that knows more may stand in its place.
 */
@Injectable()
export class OfflineBreachedPasswords extends BreachedPasswords {
  override async contains(password: string): Promise<boolean> {
    const text = password.normalize('NFKC').toLowerCase();
    const letters = text.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '');
    return (
      isRepetition(text) ||
      isSequence(text) ||
      isMadeOfWords(text, MAX_WORDS) ||
      isMadeOfWords(letters, MAX_WORDS)
    );
  }
}

/** `aaaaaaaa`, `abababab`, `12341234`; a longer part that is repeated has to be a word. */
function isRepetition(text: string): boolean {
  const lengths = Array.from({ length: LONGEST_REPEATED_PART }, (_, index) => index + 1);
  return lengths.some(
    (length) =>
      text.length >= 2 * length &&
      text === text.slice(0, length).repeat(text.length).slice(0, text.length),
  );
}

/** `12345678901`, `98765432`, `abcdefghijkl`. */
function isSequence(text: string): boolean {
  const codes = [...text].map((character) => character.codePointAt(0) ?? 0);
  const steps = codes.slice(1).map((code, index) => code - (codes[index] ?? 0));
  // After 9 comes 0: nine codes before, and one step on.
  return [1, -1].some((step) => steps.every((taken) => taken === step || taken === -9 * step));
}

function isMadeOfWords(text: string, atMost: number): boolean {
  if (COMMON_PASSWORD_WORDS.has(text)) return true;
  if (atMost < 2) return false;
  return Array.from({ length: Math.max(0, text.length - 1) }, (_, index) => index + 1).some(
    (at) =>
      COMMON_PASSWORD_WORDS.has(text.slice(0, at)) &&
      isMadeOfWords(text.slice(at).replace(/^[\s\d\p{P}\p{S}]+/u, ''), atMost - 1),
  );
}
