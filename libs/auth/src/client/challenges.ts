/** Reads WWW-Authenticate: the challenges of another server (RFC 9110 section 11.6.1). */

/** One challenge. */
export interface ReceivedChallenge {
  /** In lower case. */
  readonly scheme: string;
  /** Parameters by their names in lower case; the first of a name counts. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** Longer than any answer of sense; what comes behind is not read. */
const MAX_LENGTH = 8192;

// A parameter, or a scheme: a token that no equals sign follows.
const PART =
  /[\s,]*([\w!#$%&'*+.^`|~-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\[^])*)"|([\w!#$%&'*+.^`|~/-]+)(?=[\s,]|$))|(?=[\s,]|$))/y;

/** Every challenge of the header; what is not written as one ends the list. */
export function readChallenges(header: string | null): readonly ReceivedChallenge[] {
  const text = (header ?? '').slice(0, MAX_LENGTH);
  const challenges: { scheme: string; parameters: Map<string, string> }[] = [];
  PART.lastIndex = 0;
  for (let part = PART.exec(text); part !== null; part = PART.exec(text)) {
    const [, name = '', quoted, token] = part;
    const value = quoted?.replace(/\\([^])/g, '$1') ?? token;
    if (value === undefined) {
      challenges.push({ scheme: name.toLowerCase(), parameters: new Map() });
      continue;
    }
    const parameters = challenges.at(-1)?.parameters;
    if (parameters === undefined) break;
    if (!parameters.has(name.toLowerCase())) parameters.set(name.toLowerCase(), value);
  }
  return challenges;
}
