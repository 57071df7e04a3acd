import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { TestApplication } from '../testing/test-application.js';

describe('the report at the start', () => {
  it('says what is insecure, once, with clause and remedy, and lets the server start', async () => {
    const lines: string[] = [];
    const keep = (line: unknown) => void lines.push(String(line));
    jest.spyOn(Logger.prototype, 'warn').mockImplementation(keep);
    jest.spyOn(Logger.prototype, 'error').mockImplementation(keep);
    const environment = { AUTH_DPOP_NONCE: 'off', AUTH_TRUSTED_PROXIES: '0.0.0.0/1' };
    const server = await TestApplication.start({ environment });
    try {
      const said = (rule: string) => lines.filter((line) => line.startsWith(`${rule} (`));
      expect(said('dpop-nonce')).toEqual([expect.stringMatching(/RFC 9449.*AUTH_DPOP_NONCE/)]);
      expect(said('trusted-proxies-wide')).toHaveLength(1);
      // A note is for who asks the doctor.
      expect(said('client-secret')).toEqual([]);
    } finally {
      await server.stop();
      jest.restoreAllMocks();
    }
  });
});
