import { AuditReferences } from './audit.reference.js';

describe('AuditReferences', () => {
  const UUID_V7 = /^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;

  it('gives UUIDs of version 7 that hold the time', () => {
    const reference = new AuditReferences().next(1_763_773_260_123);
    expect(reference).toMatch(UUID_V7);
    expect(parseInt(reference.replaceAll('-', '').slice(0, 12), 16)).toBe(1_763_773_260_123);
  });

  it('never goes back, in one millisecond or where the clock does', () => {
    const references = new AuditReferences();
    const given = Array.from({ length: 20_000 }, (_, index) => references.next(1000 - (index % 7)));
    expect(given.every((reference) => UUID_V7.test(reference))).toBe(true);
    expect([...given].sort()).toEqual(given);
    expect(new Set(given).size).toBe(20_000);
  });
});
