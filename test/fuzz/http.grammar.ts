/** Requests to a route: right ones, right but for something, and whatever else can be sent. */
import fc, { type Arbitrary } from 'fast-check';
import { hostileText, mostly, mutate, oddJson, seldomMutation, utf8 } from './hostile.text.js';
import { type Header, type HttpInput } from './http.input.js';
import { type Route } from './routes.js';

/** A parameter of a form or a query. */
export type Pair = readonly [name: string, value: string];

/** What a server takes, as far as that is known. */
export interface Vocabulary {
  /** Values by the name of a parameter, also of one in the path. */
  readonly values: Readonly<Record<string, readonly string[]>>;
  /** Whole sets of parameters that belong to routes whose path matches. */
  readonly requests: readonly (readonly [path: RegExp, pairs: readonly Pair[]])[];
  /** Whole documents in JSON, in the same way. */
  readonly documents: readonly (readonly [path: RegExp, document: object])[];
  /** Headers with which requests to such a route usually come. */
  readonly headers: readonly (readonly [path: RegExp, headers: readonly Header[]])[];
}

const HEADER_NAMES = [
  ...['authorization', 'cookie', 'dpop', 'origin', 'referer', 'host', 'accept', 'accept-language'],
  ...['x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host', 'forwarded', 'x-request-id'],
  ...[
    'sec-fetch-site',
    'last-event-id',
    'if-none-match',
    'if-modified-since',
    'range',
    'traceparent',
  ],
  ...['access-control-request-method', 'access-control-request-headers', 'user-agent', 'x-csrf'],
  ...['content-encoding', 'x-client-cert', 'client-cert', '__proto__', 'constructor', 'tracestate'],
];
const CONTENT_TYPES = [
  ...['application/x-www-form-urlencoded', 'application/json', 'text/plain', 'multipart/form-data'],
  ...['multipart/form-data; boundary=x', 'application/json; charset=utf-16', 'application/jwt', ''],
  ...['application/x-www-form-urlencoded; charset=utf-7', 'a/b;c="', 'application', '*/*', '/'],
];
const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS', 'TRACE', 'PROPFIND'];
const SCHEMES = ['Basic', 'Bearer', 'DPoP', 'basic', 'Digest', 'Basic ', ''];

/** All requests to a route, with the words of a vocabulary. */
export function requestsTo(route: Route, vocabulary: Vocabulary): Arbitrary<HttpInput> {
  const all = [...new Set(Object.values(vocabulary.values).flat()), ''];
  const anyValue = fc.oneof(fc.constantFrom(...all), hostileText);
  const valueOf = (name: string): Arbitrary<string> => {
    const known = Object.hasOwn(vocabulary.values, name) ? (vocabulary.values[name] ?? []) : [];
    return known.length === 0 ? anyValue : mostly(fc.constantFrom(...known));
  };
  const names = Object.keys(vocabulary.values);
  const pair: Arbitrary<Pair> = fc
    .oneof(
      { weight: 9, arbitrary: fc.constantFrom(...names) },
      { weight: 1, arbitrary: hostileText },
    )
    .chain((name) => fc.tuple(fc.constant(name), valueOf(name)));
  const templates = matching(vocabulary.requests, route.url);
  const pairs = pairsFrom(templates, pair);
  const encoded = fc
    .tuple(pairs, fc.constantFrom(...ENCODINGS), seldomMutation)
    .map(([list, encode, how]) => {
      const text = list.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&');
      return how === null ? text : mutate(text, how);
    });
  const path = pathTo(route.url, valueOf);
  const takesQuery = route.method === 'GET' || route.method === 'HEAD';
  const query = fc.oneof(
    { weight: takesQuery ? 6 : 1, arbitrary: encoded.map((text) => `?${text}`) },
    { weight: takesQuery ? 1 : 6, arbitrary: fc.constant('') },
  );
  const documents = matching(vocabulary.documents, route.url);
  const content = contentFrom(encoded, documents);
  const usual = matching(vocabulary.headers, route.url);
  return fc
    .record({
      method: fc.oneof(
        { weight: 15, arbitrary: fc.constant(route.method) },
        { weight: 1, arbitrary: fc.constantFrom(...METHODS) },
      ),
      target: fc.tuple(path, query).map((parts) => parts.join('')),
      usual: usual.length === 0 ? fc.constant([]) : fc.constantFrom(...usual),
      more: moreHeaders(all),
      without: fc.oneof({ weight: 6, arbitrary: fc.constant(-1) }, fc.nat(3)),
      content,
    })
    .map(({ method, target, usual: good, more, without, content: { type, body } }) => ({
      method,
      target,
      headers: [
        ...(type === '' || takesQuery ? [] : [['content-type', type] as const]),
        ...good.filter((_, index) => index !== without),
        ...more,
      ],
      body: takesQuery ? '' : body,
    }));
}

/** A whole request, less or more or other than it should be; or parameters of any kind. */
function pairsFrom(templates: readonly (readonly Pair[])[], pair: Arbitrary<Pair>) {
  const loose = fc.array(pair, { maxLength: 8 });
  if (templates.length === 0) return loose;
  const spoiled = fc
    .record({
      pairs: fc.constantFrom(...templates),
      left: fc.oneof({ weight: 3, arbitrary: fc.constant(-1) }, fc.nat(8)),
      twice: fc.oneof({ weight: 6, arbitrary: fc.constant(-1) }, fc.nat(8)),
      value: fc.oneof(fc.constant(null), fc.tuple(fc.nat(8), hostileText)),
      more: fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, fc.array(pair, { maxLength: 3 })),
    })
    .map(({ pairs, left, twice, value, more }) => [
      ...pairs
        .filter((_, index) => index !== left)
        .map((each, index): Pair => (value?.[0] === index ? [each[0], value[1]] : each))
        .flatMap((each, index) => (index === twice ? [each, each] : [each])),
      ...more,
    ]);
  return fc.oneof({ weight: 4, arbitrary: spoiled }, { weight: 1, arbitrary: loose });
}

function contentFrom(form: Arbitrary<string>, documents: readonly object[]) {
  const odd = fc.dictionary(hostileText, oddJson, { maxKeys: 4 });
  const good = documents.length === 0 ? odd : fc.constantFrom(...documents);
  const member = fc.tuple(
    fc.oneof(fc.constantFrom(...documents.flatMap((each) => Object.keys(each)), 'x'), hostileText),
    oddJson,
  );
  const json = fc
    .tuple(good, fc.array(member, { maxLength: 2 }), seldomMutation)
    .map(([document, members, how]) => {
      const text = utf8(
        JSON.stringify(Object.fromEntries([...Object.entries(document), ...members])),
      );
      return how === null ? text : mutate(text, how);
    });
  const typed = (type: string, body: Arbitrary<string>) =>
    body.map((text) => ({ type, body: text }));
  const weight = documents.length > 0 ? 8 : 1;
  return fc.oneof(
    { weight: 8, arbitrary: typed('application/x-www-form-urlencoded', form) },
    { weight, arbitrary: typed('application/json', json) },
    {
      weight: 1,
      arbitrary: fc.record({
        type: fc.oneof(fc.constantFrom(...CONTENT_TYPES), hostileText),
        body: fc.oneof(form, json, hostileText, fc.constant('a'.repeat(70_000))),
      }),
    },
  );
}

function moreHeaders(values: readonly string[]): Arbitrary<readonly Header[]> {
  const value = fc.oneof(hostileText, fc.constantFrom(...values, ...METHODS));
  const credentials = fc
    .tuple(fc.constantFrom(...SCHEMES), value, fc.boolean())
    .map(
      ([scheme, text, base64]) =>
        `${scheme} ${base64 ? btoa(text.replace(/[^\0-\xff]/g, '')) : text}`,
    );
  const header: Arbitrary<Header> = fc.oneof(
    { weight: 4, arbitrary: fc.tuple(fc.constantFrom(...HEADER_NAMES), value) },
    { weight: 1, arbitrary: fc.tuple(fc.constant('authorization'), credentials) },
    {
      weight: 1,
      arbitrary: fc.tuple(
        fc.constant('cookie'),
        fc.tuple(value, value).map((p) => p.join('=')),
      ),
    },
  );
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(header, { minLength: 1, maxLength: 4 }) },
  );
}

function pathTo(url: string, valueOf: (name: string) => Arbitrary<string>): Arbitrary<string> {
  const parts = url
    .split(/(:\w+|\*)/)
    .map((part) =>
      part === '*' || part.startsWith(':')
        ? fc
            .tuple(valueOf(part.slice(1)), fc.constantFrom(...ENCODINGS))
            .map(([text, encode]) => encode(text))
        : fc.constant(part),
    );
  const path = fc.tuple(...parts).map((texts) => texts.join(''));
  return fc.oneof({ weight: 12, arbitrary: path }, { weight: 1, arbitrary: mostly(path) });
}

function matching<T>(entries: readonly (readonly [RegExp, T])[], url: string): readonly T[] {
  return entries.filter(([path]) => path.test(url)).map(([, value]) => value);
}

const percent = (text: string): string =>
  text.replace(/[^\w.~{}:-]/g, (c) => `%${c.charCodeAt(0).toString(16).padStart(2, '0')}`);
const asItIs = (text: string): string => text;

/** Right for the most part; raw, and twice. Braces of a placeholder stay what they are. */
const ENCODINGS = [
  percent,
  percent,
  percent,
  percent,
  percent,
  percent,
  asItIs,
  (text: string) => percent(percent(text)),
];
