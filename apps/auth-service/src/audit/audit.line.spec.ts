import { auditLine } from './audit.line.js';
import { type RecordedAuditEvent } from './audit.record.js';

describe('auditLine', () => {
  const event: RecordedAuditEvent = {
    type: 'sign_in.password',
    outcome: 'failure',
    reference: 'r-1',
    occurredAt: new Date(0),
  };

  it('names what is known, and nothing else', () => {
    const full = {
      ...event,
      reason: 'wrong password',
      accountId: 'a-1',
      clientId: 'shop',
      address: '2001:db8::1',
      correlationId: 'c-1',
      detail: { attempts: 3, known: false },
    };
    expect(auditLine(event)).toBe('sign_in.password failure reference=r-1');
    expect(auditLine(full)).toBe(
      'sign_in.password failure reason="wrong password" account=a-1 client=shop ' +
        'address=2001:db8::1 request=c-1 reference=r-1 attempts=3 known=false',
    );
  });

  it.each(['a\nAudit forged', 'a\r\nb', 'a b=c', '\u001b[2J', 'a\u2028b', '\u0085', '"'])(
    'stays one line with one value for %j',
    (clientId) => {
      const line = auditLine({ ...event, clientId });
      // eslint-disable-next-line no-control-regex -- control characters are what is looked for
      expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/);
      const value = /client=(".*") reference/.exec(line)?.[1];
      expect(JSON.parse(value ?? '')).toBe(clientId);
    },
  );

  it('is not filled by one value', () => {
    expect(auditLine({ ...event, clientId: 'a'.repeat(10_000) }).length).toBeLessThan(300);
  });
});
