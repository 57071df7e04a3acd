import { Logger } from '@nestjs/common';
import { jest } from '@jest/globals';
import { UnauthenticTokenLog, UNAUTHENTIC_LOG_INTERVAL_MS } from './unauthentic.log.js';

describe('UnauthenticTokenLog', () => {
  it('writes one line an interval, with how many there were', () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    const now = jest.spyOn(performance, 'now').mockReturnValue(1);
    const log = new UnauthenticTokenLog();
    for (let i = 0; i < 1000; i += 1) log.note('shop');
    expect(warn).toHaveBeenCalledTimes(1);
    now.mockReturnValue(1 + UNAUTHENTIC_LOG_INTERVAL_MS);
    log.note('web');
    expect(warn.mock.calls.map(([line]) => String(line))).toEqual([
      '1 text(s) that are no refresh token, the last one of client shop',
      '1000 text(s) that are no refresh token, the last one of client web',
    ]);
    warn.mockRestore();
    now.mockRestore();
  });
});
