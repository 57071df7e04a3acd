/** Strict application/x-www-form-urlencoded: a body or a credential that is not well-formed is refused. */
import { InvalidRequestError } from '@keyward/oauth';
import { MAX_PARAMETER_NAME_LENGTH, MAX_PARAMETERS } from './server.limits.js';

const ENCODED = /[%+]/;

/**
 * The parameters of a request, each at most once but for those that may repeat.
 * @see RFC 6749 section 3.2: a parameter without a value counts as omitted, none may be repeated
 */
export class FormParameters {
  private constructor(private readonly values: ReadonlyMap<string, readonly string[]>) {}

  /**
   * @param body the raw body, or a raw query without its question mark; absent where the request
   *   had none
   * @throws InvalidRequestError where it is not well-formed, or of too many parameters or too long a name
   */
  static parse(body: unknown): FormParameters {
    const values = new Map<string, string[]>();
    // One more than the limit tells that there are more; what is behind is not even split.
    const pairs =
      typeof body === 'string' && body !== '' ? body.split('&', MAX_PARAMETERS + 1) : [];
    if (pairs.length > MAX_PARAMETERS) {
      throw new InvalidRequestError(`there are more than ${MAX_PARAMETERS} parameters`);
    }
    for (const pair of pairs) {
      const separator = pair.indexOf('=');
      const rawName = separator < 0 ? pair : pair.slice(0, separator);
      if (rawName.length > MAX_PARAMETER_NAME_LENGTH) {
        throw new InvalidRequestError('the name of a parameter is too long');
      }
      const name = decodeFormComponent(rawName);
      const value = decodeFormComponent(separator < 0 ? '' : pair.slice(separator + 1));
      if (name === null || value === null) {
        throw new InvalidRequestError('the parameters are not well-formed form data');
      }
      const list = values.get(name);
      if (list === undefined) values.set(name, [value]);
      else list.push(value);
    }
    return new FormParameters(values);
  }

  /**
   * The value of a parameter, or null where it is absent or empty.
   * @throws InvalidRequestError where it was sent twice, even with the same value
   */
  single(name: string): string | null {
    const list = this.values.get(name) ?? [];
    if (list.length > 1) {
      throw new InvalidRequestError(`the parameter ${name} must not be repeated`);
    }
    return list[0] === undefined || list[0] === '' ? null : list[0];
  }

  /**
   * The value of a parameter that must be there.
   * @throws InvalidRequestError where it is absent, empty or repeated
   */
  required(name: string): string {
    const value = this.single(name);
    if (value === null) throw new InvalidRequestError(`the parameter ${name} is missing`);
    return value;
  }

  /** Every non-empty value of a parameter that may be repeated, each once. */
  repeated(name: string): readonly string[] {
    return [...new Set(this.all(name).filter((value) => value !== ''))];
  }

  /** Every value of a parameter as it was sent, for passing on. */
  all(name: string): readonly string[] {
    return this.values.get(name) ?? [];
  }
}

/**
 * One decoded name or value.
 * @returns null for a stray percent sign, and for octets that are not UTF-8
 * @see RFC 6749 appendix B
 */
export function decodeFormComponent(text: string): string | null {
  // Most names and values are themselves; telling so is much cheaper than decoding them.
  if (!ENCODED.test(text)) return text;
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return null;
  }
}
