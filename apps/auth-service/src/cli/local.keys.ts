/** Signing keys in the stores themselves: for imports, and where no server can be asked. */
import { readFile } from 'node:fs/promises';
import { type SigningAlgorithm } from '../config/environment.schema.js';
import { BACKGROUND } from '../http/request.origin.js';
import { type SigningKeyEntry } from '../keys/signing-key.store.js';
import { type KeyServices } from './keys.services.js';
import { CommandError, CommandUsageError } from './command.error.js';
import { type Options, textOption } from './command.group.js';
import { type KeyDescription } from './remote.keys.js';
import { type Answer } from './terminal.js';

/** For the audit: whoever may start this with the server's secrets. */
const ORDERER = { by: 'operator', origin: BACKGROUND };

/** Every method opens the stores for itself. @throws StartupError where they cannot be used */
export class LocalKeys {
  list(): Promise<readonly KeyDescription[]> {
    return onStores(async ({ store }) => (await store.list()).map(describe));
  }

  rotate(algorithm: string | undefined): Promise<string> {
    return onStores(async ({ rotation }) => {
      const alg = algorithm as SigningAlgorithm | undefined;
      return (await rotation.rotateNow({ ...ORDERER, algorithm: alg })).toISOString();
    });
  }

  revoke(kid: string, reason: string): Promise<void> {
    return onStores(async ({ store, revocation }) => {
      const isKnown = (await store.list()).some((key) => key.kid === kid);
      if (!isKnown) throw new CommandError(`there is no key ${kid}`, 'A list shows what there is.');
      await revocation.revoke(kid, { reason, by: ORDERER.by }, BACKGROUND);
    });
  }

  /** @throws KeyImportError for a key that is unfit */
  async import(path: string, options: Options): Promise<Answer> {
    const { readKeyFile } = await import('../keys/key.file.js');
    const source = await readFile(path, 'utf8').catch((error: unknown) => {
      throw new CommandUsageError(`${path} cannot be read: ${(error as Error).message}`);
    });
    const file = await readKeyFile(source, process.env['KEYWARD_KEY_PASSPHRASE']);
    const algorithm =
      (textOption(options, 'alg') as SigningAlgorithm | undefined) ?? file.algorithm;
    if (algorithm === null)
      throw new CommandUsageError('say by --alg what the key is to sign with');
    if (file.isNamed && file.algorithm !== algorithm) {
      throw new CommandError(`the file says that the key is for ${file.algorithm}`);
    }
    const verifyOnlyUntil = options['verifyOnlyUntil'] as Date | undefined;
    const { privateKey, publicJwk } = file;
    const kid = textOption(options, 'kid');
    const order = { privateKey, publicJwk, algorithm, kid, verifyOnlyUntil, ...ORDERER };
    const stored = await onStores((services) => services.import.import(order));
    const text =
      verifyOnlyUntil === undefined
        ? `imported ${stored.kid}: it is published, and signs from ${stored.signFrom.toISOString()} on`
        : `imported ${stored.kid}: it is published until ${verifyOnlyUntil.toISOString()}, and never signs`;
    const { kid: name, signFrom } = stored;
    return { text, json: { kid: name, algorithm, sign_from: signFrom.toISOString() } };
  }
}

// Loaded here: a command that goes through the server needs no driver of a database.
async function onStores<T>(work: (services: KeyServices) => Promise<T>): Promise<T> {
  const { withKeyServices } = await import('./keys.services.js');
  return withKeyServices(work);
}

function describe(key: SigningKeyEntry): KeyDescription {
  return {
    kid: key.kid,
    algorithm: key.algorithm,
    status: key.status,
    sign_from: key.signFrom.toISOString(),
    sign_until: key.signUntil?.toISOString() ?? null,
    signer: key.signer,
    created_at: key.createdAt.toISOString(),
  };
}
