import { jest } from '@jest/globals';
import '../testing/quiet-log.js';
import { type ClientOriginStore } from './client-origin.store.js';
import { ClientOrigins } from './client.origins.js';

describe('ClientOrigins', () => {
  const findAll = jest.fn<ClientOriginStore['findAll']>();
  let origins: ClientOrigins;
  beforeEach(() => {
    jest.useFakeTimers();
    findAll.mockReset().mockResolvedValue(new Set(['https://a.example.com']));
    origins = new ClientOrigins({ findAll });
  });
  afterEach(() => jest.useRealTimers());

  it('reads once for many preflights, and again after ten seconds', async () => {
    const known = await Promise.all(
      ['https://a.example.com', 'https://b.example.com'].map((origin) => origins.knows(origin)),
    );
    expect(known).toEqual([true, false]);
    expect(findAll).toHaveBeenCalledTimes(1);
    findAll.mockResolvedValue(new Set(['https://b.example.com']));
    jest.advanceTimersByTime(10_000);
    expect(await origins.knows('https://b.example.com')).toBe(true);
    expect(await origins.knows('https://a.example.com')).toBe(false);
    expect(findAll).toHaveBeenCalledTimes(2);
  });

  it('keeps the last snapshot while the store is down, and asks it sparingly', async () => {
    expect(await origins.knows('https://a.example.com')).toBe(true);
    findAll.mockRejectedValue(new Error('down'));
    jest.advanceTimersByTime(10_000);
    expect(await origins.knows('https://a.example.com')).toBe(true);
    expect(await origins.knows('https://a.example.com')).toBe(true);
    expect(findAll).toHaveBeenCalledTimes(2);
  });

  it('knows no origin where the store was never reached', async () => {
    findAll.mockRejectedValue(new Error('down'));
    expect(await origins.knows('https://a.example.com')).toBe(false);
  });
});
