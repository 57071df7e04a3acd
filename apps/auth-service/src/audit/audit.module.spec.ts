import { BACKGROUND } from '../http/request.origin.js';
import { createTestDatabase } from '../storage/testing/test-database.js';
import { openDatabase } from '../testing/open-database.js';
import { TestApplication } from '../testing/test-application.js';
import { AuditTrail } from './audit.trail.js';

describe('the audit trail of an application', () => {
  it('has written everything when the application has stopped', async () => {
    const database = await createTestDatabase();
    const server = await TestApplication.start({ database });
    const trail = server.app.get(AuditTrail);
    const references = Array.from({ length: 1200 }, () =>
      trail.record({ origin: BACKGROUND, type: 'test.said', outcome: 'success' }),
    );
    await server.stop();

    const reopened = await openDatabase(database.url);
    const rows = await reopened.manager.query<{ reference: string }[]>(
      `SELECT reference FROM audit_event WHERE type = 'test.said' ORDER BY reference`,
    );
    expect(rows.map(({ reference }) => reference)).toEqual(references);
    await reopened.onApplicationShutdown();
    await database.drop();
  });
});
