/** The revocation feed as a resource server reads it: bytes of any kind, cut anywhere. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import fc from 'fast-check';
import { AccessTokenProvider, type FeedMessage, SseRevocationSource } from '@keyward/auth';
import { REVOCATION_KINDS } from '@keyward/oauth';
import { type FuzzTarget, fuzzTarget, Violation } from '../fuzz.target.js';
import {
  hostileText,
  mostly,
  mutate,
  type Mutation,
  oddJson,
  seldomMutation,
} from '../hostile.text.js';

/** A stream, as octets, and where it is cut into chunks. */
interface FeedInput {
  readonly events: readonly string[];
  readonly how: Mutation | null;
  readonly cuts: readonly number[];
}

class NoTokens extends AccessTokenProvider {
  token(): Promise<string> {
    return Promise.resolve('token');
  }

  forget(): void {
    // There is none to forget.
  }
}

const position = fc.oneof(
  { weight: 4, arbitrary: fc.nat(1000) },
  { weight: 1, arbitrary: oddJson },
);
const data = fc
  .record(
    {
      kind: fc.oneof(fc.constantFrom(...REVOCATION_KINDS), oddJson),
      value: fc.oneof(hostileText, oddJson),
      exp: position,
      position,
      previous: position,
      iat_before: position,
    },
    { requiredKeys: [] },
  )
  .map((message) => JSON.stringify(message));
const type = mostly(fc.constantFrom('start', 'revocation', 'heartbeat'));
const event = fc
  .tuple(
    type,
    mostly(data),
    fc.constantFrom('\n', '\r\n', '\r', '\n:note\n', '\nid: 1\n', '\nretry\n'),
  )
  .map(([name, json, end]) => `event: ${name}${end}data: ${json}${end}${end}`);

const INPUTS: fc.Arbitrary<FeedInput> = fc.record({
  events: fc.array(
    fc.oneof({ weight: 6, arbitrary: event }, { weight: 1, arbitrary: hostileText }),
    {
      maxLength: 6,
    },
  ),
  how: seldomMutation,
  cuts: fc.array(fc.nat(500), { maxLength: 4 }),
});

export const feedTarget: FuzzTarget = fuzzTarget<FeedInput>({
  name: 'feed',
  share: 5,
  parallel: 4,
  async open() {
    const streams = new Map<string, FeedInput>();
    const server = createServer((request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const input = streams.get((request.url ?? '').slice(1));
      for (const chunk of input === undefined ? [] : chunksOf(input)) response.write(chunk);
      response.end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    let serial = 0;
    return {
      inputs: INPUTS,
      async check(input: FeedInput) {
        const id = String((serial += 1));
        streams.set(id, input);
        const source = new SseRevocationSource({ url: `${origin}/${id}`, tokens: new NoTokens() });
        const seen = new Set<string>();
        try {
          for await (const message of source.open(undefined, new AbortController().signal)) {
            examine(message);
            seen.add(message.type);
          }
        } catch (error) {
          if (error instanceof Violation || !(error instanceof Error)) throw error;
          seen.add(error.message.replace(/[^a-zA-Z ].*$/, ''));
        } finally {
          streams.delete(id);
        }
        return [...seen].sort().join(', ') || 'nothing';
      },
      async close() {
        server.closeAllConnections();
        server.close();
        await once(server, 'close');
      },
    };
  },
});

function chunksOf({ events, how, cuts }: FeedInput): Buffer[] {
  const text = how === null ? events.join('') : mutate(events.join(''), how);
  const bytes = Buffer.from(text, 'latin1');
  const ends = [...cuts, bytes.length].filter((end) => end <= bytes.length).sort((a, b) => a - b);
  return ends.map((end, i) => bytes.subarray(ends[i - 1] ?? 0, end));
}

function examine(message: FeedMessage): void {
  const { type, data: content } = message;
  const numbers = [content.position, ...(type === 'revocation' ? [content.exp] : [])];
  if (numbers.some((number) => !Number.isSafeInteger(number) || number < 0)) {
    throw new Violation(`a ${type} with a position that is none`);
  }
  if (type === 'revocation' && (typeof content.value !== 'string' || content.value === '')) {
    throw new Violation('a revocation of nothing');
  }
}
