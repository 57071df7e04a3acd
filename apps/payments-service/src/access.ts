/** `npx nx access @keyward/payments-service`: writes access.md. */
import 'reflect-metadata';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accessDocument } from './access.document.js';
import { createApplication } from './application.js';

// The application is made and not started; its store must not touch the payments of whoever asks.
const folder = await mkdtemp(join(tmpdir(), 'keyward-access-'));
process.env['PAYMENTS_FILE'] = join(folder, 'payments.jsonl');
try {
  const app = await createApplication(false);
  await writeFile(new URL('../access.md', import.meta.url), accessDocument(app));
  await app.close();
} finally {
  await rm(folder, { recursive: true });
}
