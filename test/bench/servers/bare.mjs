// Node.js and an HTTP server, for what starting anything takes at least.
import { createServer } from 'node:http';

createServer((_request, response) => response.end()).listen(
  Number(process.env['PORT']),
  '127.0.0.1',
);
