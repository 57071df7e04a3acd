/** What somebody scans from a page that sets up an authenticator application. */
import { type BrowserAnswer } from './test-browser.js';

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The secret that the page shows. */
export function secretOf({ html }: Pick<BrowserAnswer, 'html'>): Buffer {
  const text = /<code class="secret">([^<]*)</.exec(html)?.[1]?.replaceAll(' ', '') ?? '';
  const bits = [...text].map((letter) => BASE32.indexOf(letter).toString(2).padStart(5, '0'));
  const bytes = bits.join('').match(/.{8}/g) ?? [];
  return Buffer.from(bytes.map((byte) => parseInt(byte, 2)));
}
