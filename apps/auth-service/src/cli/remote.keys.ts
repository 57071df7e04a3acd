/** Signing keys by the administration API. */
import { ADMIN_KEYS_SCOPE } from '@keyward/oauth';
import { type AdministrationConnection } from './administration.connection.js';

/** A key, as it is told to everybody who may ask: nothing of its private half. */
export interface KeyDescription {
  readonly kid: string;
  readonly algorithm: string;
  readonly status: string;
  readonly sign_from: string;
  readonly sign_until: string | null;
  readonly signer: string;
  readonly created_at: string;
}

export class RemoteKeys {
  constructor(private readonly administration: AdministrationConnection) {}

  async list(): Promise<readonly KeyDescription[]> {
    const call = { scope: ADMIN_KEYS_SCOPE, path: '/keys', subject: 'keys' };
    return (await this.administration.call<{ keys: KeyDescription[] }>(call)).keys;
  }

  /** @returns when the standby takes over */
  async rotate(algorithm: string | undefined): Promise<string> {
    const { takes_over_at: time } = await this.administration.call<{ takes_over_at: string }>({
      scope: ADMIN_KEYS_SCOPE,
      method: 'POST',
      path: '/keys/rotate',
      form: { algorithm },
      subject: 'a rotation',
    });
    return time;
  }

  async revoke(kid: string, reason: string): Promise<void> {
    await this.administration.call({
      scope: ADMIN_KEYS_SCOPE,
      method: 'POST',
      path: `/keys/${encodeURIComponent(kid)}/revoke`,
      form: { reason },
      subject: `key ${kid}`,
    });
  }
}
