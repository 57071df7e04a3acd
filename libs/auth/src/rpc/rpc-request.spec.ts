import { extractAccessToken, MalformedRequestError } from '../bearer/bearer-token.js';
import { rpcRequest } from './rpc-request.js';

/** What the headers of NATS are: pairs, of which a name may come twice. */
const natsHeaders = (...pairs: [string, string[]][]) => ({ getHeaders: () => new Map(pairs) });
const metadata = (record: unknown) => ({ getMetadata: () => record });

describe('the credentials of a message', () => {
  it.each<[string, object]>([
    ['metadata', metadata({ authorization: 'Bearer abc' })],
    ['metadata in any case', metadata({ AUTHORIZATION: 'Bearer abc' })],
    ['headers', natsHeaders(['Authorization', ['Bearer abc']])],
  ])('are taken from %s', (_name, context) => {
    const request = rpcRequest(context);
    expect(request && extractAccessToken(request)).toEqual({ scheme: 'Bearer', token: 'abc' });
    expect(rpcRequest(context)).toBe(request);
  });

  it.each<[string, object]>([
    ['no metadata', metadata(undefined)],
    ['metadata without them', metadata({ traceparent: '00' })],
    ['no headers', { getHeaders: () => undefined }],
  ])('are missing from %s', (_name, context) => {
    const request = rpcRequest(context);
    expect(request && extractAccessToken(request)).toBeUndefined();
    expect(request).toBeDefined();
  });

  it.each<[string, object]>([
    [
      'two names that differ in case',
      metadata({ authorization: 'Bearer a', Authorization: 'Bearer b' }),
    ],
    ['a list', metadata({ authorization: ['Bearer a', 'Bearer b'] })],
    ['a value that is no text', metadata({ authorization: { toString: 'Bearer a' } })],
    ['two headers', natsHeaders(['Authorization', ['Bearer a']], ['authorization', ['Bearer b']])],
    ['one header with two values', natsHeaders(['Authorization', ['Bearer a', 'Bearer b']])],
  ])('are refused as malformed in %s', (_name, context) => {
    const request = rpcRequest(context);
    expect(() => request && extractAccessToken(request)).toThrow(MalformedRequestError);
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['text', 'Bearer abc'],
    ['an object that is no context', { headers: { authorization: 'Bearer abc' } }],
    ['a context of gRPC', { get: () => ['Bearer abc'], getMap: () => ({}) }],
  ])('are not looked for in %s', (_name, context) => {
    expect(rpcRequest(context)).toBeUndefined();
  });
});
