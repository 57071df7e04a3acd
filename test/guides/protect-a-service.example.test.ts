import { type INestApplication } from '@nestjs/common';
import { describeAccess } from '@keyward/auth';
import { bearer, TestIssuer } from '@keyward/auth/testing';
import request from 'supertest';
import { createApplication } from './protect-a-service.js';

describe('invoices', () => {
  let issuer: TestIssuer;
  let app: INestApplication;

  beforeAll(async () => {
    issuer = await TestIssuer.start({ audience: 'https://invoices.example.com' });
    process.env['ISSUER'] = issuer.url;
    app = await createApplication();
    await app.listen(0, '127.0.0.1');
  });

  afterAll(async () => {
    await app.close();
    await issuer.stop();
  });

  it('are listed for whom the token names', async () => {
    const token = issuer.token({ sub: 'ada', scope: 'invoices:read' });
    const list = request(app.getHttpServer()).get('/invoices');
    await list.use(bearer(token)).expect(200, { invoicesOf: 'ada' });
  });

  it('are approved by no one who may only read them', async () => {
    const token = issuer.token({ sub: 'ada', scope: 'invoices:read' });
    const approve = request(app.getHttpServer()).post('/invoices/7/approval');
    const answer = await approve.use(bearer(token)).expect(403);
    expect(answer.headers['www-authenticate']).toContain('scope="invoices:approve"');
  });

  it('are guarded as this table says', () => {
    const table = describeAccess(app).map(({ access, handler }) => `${handler}: ${access}`);
    expect(table.sort()).toEqual([
      'HealthController.show: public',
      'InvoicesController.approve: scope invoices:approve',
      'InvoicesController.list: scope invoices:read',
    ]);
  });
});
