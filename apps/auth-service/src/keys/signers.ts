/** The signers of this server: one that makes new keys, and every one that holds keys made before. */
import { StartupError } from '../config/startup.error.js';
import { type SignerName } from '../config/signing-key.variables.js';
import { type SigningKeyConfig } from '../config/signing-key.config.js';
import { type Signer } from './signer.js';
import { type StoredSigningKey } from './signing-key.js';

export class Signers {
  private readonly byName: ReadonlyMap<SignerName, Signer>;

  /**
   * @param making makes the keys from now on
   * @param others hold keys that were made before
   */
  constructor(
    readonly making: Signer,
    others: readonly Signer[] = [],
  ) {
    this.byName = new Map([making, ...others].map((signer) => [signer.name, signer]));
  }

  /**
   * The signer that holds a key; there is no other that could sign in its place.
   * @throws StartupError where it is not configured here
   */
  holderOf({ kid, signer }: Pick<StoredSigningKey, 'kid' | 'signer'>): Signer {
    const found = this.byName.get(signer);
    if (found !== undefined) return found;
    throw new StartupError(
      `signing_key ${kid} is held by the signer "${signer}", which is not configured: ` +
        'set AUTH_SIGNER_SOCKET, or revoke the key',
    );
  }
}

/** @param socket null where none is configured; keys that it made before are opened by it all the same */
export function configuredSigners(
  row: Signer,
  socket: Signer | null,
  { signer }: Pick<SigningKeyConfig, 'signer'>,
): Signers {
  if (socket === null) return new Signers(row);
  return signer === 'socket' ? new Signers(socket, [row]) : new Signers(row, [socket]);
}
