import { TraceParents } from './trace.parents.js';

describe('TraceParents', () => {
  const parents = new TraceParents(['10.0.0.0/8', '::1/128', 'fd00::/8']);

  it.each(['10.1.2.3', '::ffff:10.1.2.3', '::1', 'fd12::1'])('takes the word of %s', (address) => {
    expect(parents.has(address)).toBe(true);
  });

  it.each(['11.0.0.1', '::ffff:192.0.2.1', '::2', '2001:db8::1', '', undefined])(
    'does not take that of %s',
    (address) => expect(parents.has(address)).toBe(false),
  );
});
