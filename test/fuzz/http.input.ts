/** An HTTP request as data: octets, in which `{{name}}` stands for what the running target has under that name. */

/** A header, as it is sent. */
export type Header = readonly [name: string, value: string];

/** A request before its placeholders are filled in. */
export interface HttpInput {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: readonly Header[];
  readonly body: string;
}

/** What placeholders stand for. */
export type Values = Readonly<Record<string, string>>;

/** A placeholder. */
export const held = (name: string): string => `{{${name}}}`;

/** The request that is sent; a name that nobody knows stands for nothing. */
export function filled({ method, target, headers, body }: HttpInput, values: Values): HttpInput {
  const fill = (text: string): string =>
    text.replace(/\{\{([\w:-]+)\}\}/g, (_, name: string) =>
      Object.hasOwn(values, name) ? (values[name] ?? '') : '',
    );
  return {
    method,
    target: fill(target),
    headers: headers.map(([name, value]) => [name, fill(value)] as const),
    body: fill(body),
  };
}
