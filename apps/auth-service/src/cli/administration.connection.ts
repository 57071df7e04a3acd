/** Calls the administration API as a client of the server, so that every change is audited with who made it. */
import { Injectable } from '@nestjs/common';
import { ADMINISTRATION_PATH } from '@keyward/oauth';
import {
  allowInsecureRequests,
  clientCredentialsGrant,
  ClientSecretBasic,
  type Configuration,
  discovery,
  type DPoPHandle,
  fetchProtectedResource,
  getDPoPHandle,
  randomDPoPKeyPair,
  ResponseBodyError,
  WWWAuthenticateChallengeError,
} from 'openid-client';
import { type AdministrationSettings } from './administration.settings.js';
import { noTokenError, refusalError } from './administration.refusal.js';
import { CommandError } from './command.error.js';

/** One call. */
export interface AdministrationCall {
  /** The one scope that the route asks for: a token is good for no more than the command needs. */
  readonly scope: string;
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the administration, its segments encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly json?: object;
  readonly form?: Readonly<Record<string, string | undefined>>;
  readonly ifMatch?: string;
  /** What it is about, for errors: `client shop`. */
  readonly subject: string;
}

const TIMEOUT_SECONDS = 30;

/** An answer, and the version of what it shows. */
export interface AdministrationAnswer {
  /** Null where the answer has no content. */
  readonly body: unknown;
  readonly etag: string | null;
}

interface Access {
  readonly token: string;
  readonly proofs: DPoPHandle | undefined;
}

@Injectable()
export class AdministrationConnection {
  private settings: AdministrationSettings | undefined;
  private server: Promise<Configuration> | undefined;
  private readonly accesses = new Map<string, Promise<Access>>();

  /** @param readSettings asked once, when a command first needs the server */
  constructor(private readonly readSettings: () => AdministrationSettings) {}

  /** @throws CommandError as {@link send} does */
  async call<Body>(call: AdministrationCall): Promise<Body> {
    return (await this.send(call)).body as Body;
  }

  /**
   * Everything of a list that comes by pages.
   * @param limit how many at most
   */
  async list<Item>(call: AdministrationCall, limit = Infinity): Promise<Item[]> {
    const items: Item[] = [];
    for await (const page of this.pages<Item>(call)) {
      items.push(...page);
      if (items.length >= limit) return items.slice(0, limit);
    }
    return items;
  }

  async *pages<Item>(call: AdministrationCall): AsyncGenerator<readonly Item[]> {
    let after: string | undefined;
    do {
      const query = { ...call.query, ...(after !== undefined && { after }) };
      const page = await this.call<{ items: Item[]; next?: string }>({ ...call, query });
      yield page.items;
      after = page.next;
    } while (after !== undefined);
  }

  /** @throws CommandError where the server cannot be reached, lets nobody in or refuses the call */
  async send(call: AdministrationCall): Promise<AdministrationAnswer> {
    const { method = 'GET', path, query, json, form, ifMatch, scope, subject } = call;
    this.settings ??= this.readSettings();
    const { issuer } = this.settings;
    const server = await this.connect();
    const { token, proofs } = await this.access(server, scope);
    const url = new URL(`${issuer.href.replace(/\/$/, '')}${ADMINISTRATION_PATH}${path}`);
    url.search = parameters(query).toString();
    const headers = new Headers({ accept: 'application/json' });
    if (json !== undefined) headers.set('content-type', 'application/json');
    if (form !== undefined) headers.set('content-type', 'application/x-www-form-urlencoded');
    if (ifMatch !== undefined) headers.set('if-match', ifMatch);
    const body = json === undefined ? form && parameters(form).toString() : JSON.stringify(json);
    const response = await fetchProtectedResource(server, token, url, method, body, headers, {
      ...(proofs !== undefined && { DPoP: proofs }),
    }).catch((error: unknown) => this.rethrow(error, scope));
    if (response.ok) {
      const text = await response.text();
      return { body: text === '' ? null : JSON.parse(text), etag: response.headers.get('etag') };
    }
    const { status } = response;
    const { error_description: description } = await errorOf(response);
    throw refusalError(
      { status, description, retryAfter: response.headers.get('retry-after') },
      subject,
    );
  }

  private connect(): Promise<Configuration> {
    const { issuer, clientId, clientSecret } = this.settings ?? this.readSettings();
    this.server ??= discovery(issuer, clientId, undefined, ClientSecretBasic(clientSecret), {
      timeout: TIMEOUT_SECONDS,
      ...(issuer.protocol === 'http:' && { execute: [allowInsecureRequests] }),
    }).catch((error: unknown) => this.rethrow(error, ''));
    return this.server;
  }

  private access(server: Configuration, scope: string): Promise<Access> {
    const known = this.accesses.get(scope);
    if (known !== undefined) return known;
    const access = this.ask(server, scope);
    this.accesses.set(scope, access);
    return access;
  }

  /** Bound to a key that lives as long as this process, where the server can: a copy is of no use. */
  private async ask(server: Configuration, scope: string): Promise<Access> {
    const algorithms = server.serverMetadata().dpop_signing_alg_values_supported ?? [];
    const proofs = algorithms.includes('ES256')
      ? getDPoPHandle(server, await randomDPoPKeyPair('ES256'))
      : undefined;
    const resource = `${server.serverMetadata().issuer}${ADMINISTRATION_PATH}`;
    const { access_token: token } = await clientCredentialsGrant(
      server,
      { scope, resource },
      { ...(proofs !== undefined && { DPoP: proofs }) },
    ).catch((error: unknown) => this.rethrow(error, scope));
    return { token, proofs };
  }

  private async rethrow(error: unknown, scope: string): Promise<never> {
    const { clientId, issuer } = this.settings ?? this.readSettings();
    if (error instanceof ResponseBodyError) {
      throw noTokenError(error.error, error.error_description, scope, clientId);
    }
    if (error instanceof WWWAuthenticateChallengeError) {
      // What the token endpoint says of a client stands in the body, what a resource says in the challenge.
      const said = { ...error.cause[0]?.parameters, ...(await errorOf(error.response)) };
      const { error: code = `status ${error.status}`, error_description: description } = said;
      throw noTokenError(code, description, scope, clientId);
    }
    throw new CommandError(
      `the server at ${issuer.href} cannot be used: ${reasonOf(error)}`,
      'Check KEYWARD_ISSUER, and that the server runs and can be reached from here.',
      { cause: error },
    );
  }
}

function parameters(values: Readonly<Record<string, string | undefined>> = {}): URLSearchParams {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  return new URLSearchParams(given as [string, string][]);
}

/** A failed fetch says why in its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (cause instanceof AggregateError) return reasonOf(cause.errors[0]);
  return cause instanceof Error && cause.message !== '' ? cause.message : error.message;
}

/** The members of an OAuth error, as far as the body has them. */
async function errorOf(
  response: Response,
): Promise<{ error?: string; error_description?: string }> {
  const body: unknown = await response.json().catch(() => null);
  if (typeof body !== 'object' || body === null) return {};
  const { error, error_description: description } = body as Record<string, unknown>;
  return {
    ...(typeof error === 'string' && { error }),
    ...(typeof description === 'string' && { error_description: description }),
  };
}
