/** An honest client with one refresh token at a time, which tries again with the token that it has. */
import { type SeededGrant } from '../../storm/refresh-token.seed.js';
import { type FaultWorld } from '../world/fault.world.js';
import { type Answer, askOneOf, judge, judgeError } from './answers.js';
import { type Outcome } from './ledger.js';

export class LineageClient {
  #token: string;
  #turn = 0;

  constructor(
    private readonly world: FaultWorld,
    readonly grant: SeededGrant,
  ) {
    this.#token = grant.refreshToken;
  }

  /** One refresh, by whichever replica is next. */
  async refresh(): Promise<Outcome> {
    try {
      const form = { grant_type: 'refresh_token', refresh_token: this.#token };
      const answer = await this.#post('/oauth2/token', form);
      return judge(answer, (text) => this.#keep(text));
    } catch (error) {
      return judgeError(error);
    }
  }

  /** Revokes the grant by its refresh token. */
  async revoke(): Promise<Outcome> {
    try {
      return judge(await this.#post('/oauth2/revoke', { token: this.#token }), () => undefined);
    } catch (error) {
      return judgeError(error);
    }
  }

  #keep(text: string): string | undefined {
    const body = JSON.parse(text) as Record<string, unknown>;
    if (typeof body['refresh_token'] !== 'string') return 'no refresh token';
    this.#token = body['refresh_token'];
    return undefined;
  }

  #post(path: string, form: Record<string, string>): Promise<Answer> {
    const { origins } = this.world;
    const first = (this.#turn += 1) % origins.length;
    const order = [...origins.slice(first), ...origins.slice(0, first)];
    return askOneOf(order, path, formOf(this.world, this.grant.clientId, form));
  }
}

/** A form in which a client says who it is; `native` has no secret. */
export function formOf(
  { secret }: FaultWorld,
  clientId: string,
  form: Readonly<Record<string, string>>,
): RequestInit {
  const isPublic = clientId === 'native';
  const basic = `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}`;
  return {
    method: 'POST',
    headers: isPublic ? {} : { authorization: basic },
    body: new URLSearchParams(isPublic ? { ...form, client_id: clientId } : form),
  };
}
