/** The document `access.md`: who may call what, for reviewers to compare. */
import { type INestApplicationContext } from '@nestjs/common';
import { describeAccess, formatAccess } from '@keyward/auth';

/** The whole text of the document. */
export function accessDocument(app: INestApplicationContext): string {
  return `# Who may call what at payments-service

From the access decorators, by \`npx nx access @keyward/payments-service\`. A test fails while this file
says anything else.

${formatAccess(describeAccess(app))}`;
}
