/** The guides show the very code that is compiled and run here. */
import { readFile } from 'node:fs/promises';
import { type AddressInfo } from 'node:net';
import { type INestApplication } from '@nestjs/common';
import { describeAccess } from '@keyward/auth';
import * as graphql from './graphql.js';
import * as microservices from './microservices.js';
import * as serverSentEvents from './server-sent-events.js';
import * as webSockets from './websockets.js';

const read = (path: string) => readFile(new URL(path, import.meta.url), 'utf8');
const handlers = {
  websockets: ['public', 'scope chat:read', 'scope chat:write'],
  microservices: ['scope orders:read'],
  graphql: ['scope orders:read', 'scope orders:read'],
  'server-sent-events': ['scope orders:read'],
};

describe.each<[keyof typeof handlers, () => Promise<INestApplication>]>([
  ['websockets', webSockets.createApplication],
  ['microservices', microservices.createApplication],
  ['graphql', graphql.createApplication],
  ['server-sent-events', serverSentEvents.createApplication],
])('the guide to %s', (name, createApplication) => {
  it('shows what is compiled here', async () => {
    const guide = await read(`../../docs/guides/${name}.md`);
    expect(guide).toContain(`\`\`\`ts\n${await read(`./${name}.ts`)}\`\`\`\n`);
  });

  it('shows an application that starts, guarded as it says', async () => {
    const app = await createApplication();
    try {
      await app.listen(0, '127.0.0.1');
      expect((app.getHttpServer().address() as AddressInfo).port).toBeGreaterThan(0);
      expect(describeAccess(app).map(({ access }) => access)).toEqual(handlers[name]);
    } finally {
      await app.close();
    }
  });
});
