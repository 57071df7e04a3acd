/** `node dist/keys.js`: shows signing keys, rotates, revokes and imports them. */
import 'reflect-metadata';
import { readFile } from 'node:fs/promises';
import { Logger } from '@nestjs/common';
import { BACKGROUND } from './http/request.origin.js';
import { KeyImportError, readKeyFile } from './keys/key.file.js';
import { type KeyOptions, type KeyOrder, parseKeyOrder } from './keys/key.order.js';
import { signingKeyTable } from './keys/signing-key.table.js';
import { type KeyServices, withKeyServices } from './keys.services.js';

const USAGE = `usage: keys list
       keys rotate [--alg <algorithm>]
       keys revoke <kid> [--reason <text>]
       keys import <file> [--alg <algorithm>] [--kid <kid>] [--verify-only-until <ISO 8601 time>]
rotate lets the standby take over as soon as it was published for its lead. revoke ends a key at once,
with every token that it signed. import takes a private key as PEM or JWK; KEYWARD_KEY_PASSPHRASE opens
an encrypted one. --kid is the name that tokens of the key bear already, where it is not its thumbprint.`;

/** For the audit: whoever may start this with the server's secrets. */
const ORDERER = { by: 'operator', origin: BACKGROUND };

type Command = (keys: KeyServices, argument: string, options: KeyOptions) => Promise<string>;

const COMMANDS: Readonly<Record<KeyOrder['command'], Command>> = {
  list: async ({ store }) => signingKeyTable(await store.list()),
  rotate,
  revoke,
  import: importKey,
};

async function rotate({ rotation }: KeyServices, _: string, { alg }: KeyOptions): Promise<string> {
  const takesOverAt = await rotation.rotateNow({ ...ORDERER, algorithm: alg });
  return `the standby takes over at ${takesOverAt.toISOString()}`;
}

async function revoke(
  { store, revocation }: KeyServices,
  kid: string,
  { reason = 'revoked by hand' }: KeyOptions,
): Promise<string> {
  const known = (await store.list()).find((key) => key.kid === kid);
  if (known === undefined) throw new KeyImportError(`there is no key ${kid}: see keys list`);
  await revocation.revoke(kid, { reason, by: ORDERER.by }, BACKGROUND);
  return `revoked ${kid}: auth-service hears of it within a second, resource servers by the feed`;
}

async function importKey(
  services: KeyServices,
  path: string,
  { alg, kid, verifyOnlyUntil }: KeyOptions,
): Promise<string> {
  const text = await readFile(path, 'utf8');
  const file = await readKeyFile(text, process.env['KEYWARD_KEY_PASSPHRASE']);
  const algorithm = alg ?? file.algorithm;
  if (algorithm === null) throw new KeyImportError('say by --alg what the key is to sign with');
  if (file.isNamed && file.algorithm !== algorithm) {
    throw new KeyImportError(`the file says that the key is for ${file.algorithm}`);
  }
  const { privateKey, publicJwk } = file;
  const order = { privateKey, publicJwk, algorithm, kid, verifyOnlyUntil, ...ORDERER };
  const stored = await services.import.import(order);
  return verifyOnlyUntil === undefined
    ? `imported ${stored.kid}: it is published, and signs from ${stored.signFrom.toISOString()} on`
    : `imported ${stored.kid}: it is published until ${verifyOnlyUntil.toISOString()}, and never signs`;
}

function complain(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
}

// The answer is all that is printed; what is audited is in the record.
Logger.overrideLogger(['warn', 'error', 'fatal']);
const order = parseKeyOrder(process.argv.slice(2));
if (order === null) {
  complain(USAGE);
  process.exitCode = 2;
} else {
  try {
    const { command, argument, options } = order;
    const answer = await withKeyServices((keys) => COMMANDS[command](keys, argument, options));
    process.stdout.write(`${answer}\n`);
  } catch (error) {
    complain(error);
    process.exitCode = 1;
  }
}
