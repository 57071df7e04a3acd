import { parseStreamReply } from './redis-stream.parser.js';

const entry = (event: string, data: string) => ({ id: '2-0', message: { event, data } });
const BEAT = '{"position":2,"previous":1}';

describe('parseStreamReply', () => {
  it('reads what node-redis answers', () => {
    expect(parseStreamReply(null)).toEqual([]);
    expect(parseStreamReply([{ name: 'a', messages: [entry('heartbeat', BEAT)] }])).toEqual([
      { id: '2-0', message: { type: 'heartbeat', data: { position: 2, previous: 1 } } },
    ]);
  });

  it('passes over an event that it does not know, and keeps its place', () => {
    expect(parseStreamReply([{ messages: [entry('novelty', '?')] }])).toEqual([
      { id: '2-0', message: undefined },
    ]);
  });

  it.each([
    ['no list', undefined],
    ['an entry without a message', [{ id: '1-0' }]],
    ['an entry without an event', [{ id: '1-0', message: { data: BEAT } }]],
    ['an entry without an id', [{ message: { event: 'heartbeat', data: BEAT } }]],
    ['a heartbeat of no position', [entry('heartbeat', '{}')]],
    ['a heartbeat that is no JSON', [entry('heartbeat', '{')]],
    ['a start', [entry('start', '{"position":1}')]],
  ])('refuses %s', (_, messages) => {
    expect(() => parseStreamReply([{ messages }])).toThrow(Error);
  });
});
