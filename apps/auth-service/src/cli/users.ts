/** People by the administration API. */
import { Injectable } from '@nestjs/common';
import { ADMIN_USERS_SCOPE } from '@keyward/oauth';
import { type AdministrationCall, AdministrationConnection } from './administration.connection.js';
import { CommandError } from './command.error.js';
import { type Options, textOption } from './command.group.js';

/** What the API answers, as far as it is looked into here. */
export interface UserDescription extends Readonly<Record<string, unknown>> {
  readonly account_id: string;
  readonly username: string;
  readonly name: string | null;
  readonly email: string | null;
  readonly status: string;
  readonly source: string;
}

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** `who` is an account_id or a username. @throws CommandError where there is nobody */
@Injectable()
export class Users {
  constructor(private readonly administration: AdministrationConnection) {}

  list(options: Options): Promise<UserDescription[]> {
    const query = {
      username: textOption(options, 'username'),
      email: textOption(options, 'email'),
      status: textOption(options, 'status'),
    };
    const call = { scope: ADMIN_USERS_SCOPE, path: '/users', query, subject: 'the search' };
    return this.administration.list<UserDescription>(call, options['limit'] as number | undefined);
  }

  find(who: string): Promise<UserDescription> {
    return this.call(who, '', {});
  }

  create(json: object): Promise<UserDescription> {
    const call = { scope: ADMIN_USERS_SCOPE, method: 'POST', path: '/users' } as const;
    return this.administration.call({ ...call, json, subject: 'this user' });
  }

  change(who: string, json: object): Promise<UserDescription> {
    return this.call(who, '', { method: 'PATCH', json });
  }

  state(
    who: string,
    verb: 'disable' | 'enable' | 'erase',
    reason?: unknown,
  ): Promise<UserDescription> {
    const json = typeof reason === 'string' ? { reason } : {};
    return this.call(who, `/${verb}`, { method: 'POST', ...(verb !== 'enable' && { json }) });
  }

  requirePassword(who: string, delivery: string): Promise<{ password_link: string | null }> {
    const json = { password_link: delivery };
    return this.call(who, '/require-new-password', { method: 'POST', json });
  }

  /** @returns how many there were */
  async removeFactors(who: string, factorId: string | undefined): Promise<number> {
    const path = factorId === undefined ? '' : `/${encodeURIComponent(factorId)}`;
    const answer = await this.call<{ removed: number } | null>(who, `/factors${path}`, {
      method: 'DELETE',
    });
    return answer?.removed ?? 1;
  }

  async unlock(who: string): Promise<void> {
    await this.call(who, '/unlock', { method: 'POST' });
  }

  private async call<Body>(
    who: string,
    path: string,
    how: Pick<AdministrationCall, 'method' | 'json'>,
  ): Promise<Body> {
    const id = UUID.test(who) ? who : await this.idOf(who);
    const subject = `user ${who}`;
    const call = { scope: ADMIN_USERS_SCOPE, path: `/users/${id}${path}`, subject };
    return this.administration.call<Body>({ ...call, ...how });
  }

  /** The search is by prefix: the shortest username that it finds is the whole one, if it is there. */
  private async idOf(username: string): Promise<string> {
    const wanted = username.trim().toLowerCase();
    const [first] = await this.list({ username: wanted, limit: 1 });
    if (first?.username === wanted) return first.account_id;
    throw new CommandError(`there is no user ${username}`, 'A list shows who there is.');
  }
}
