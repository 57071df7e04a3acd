/** Somebody who calls the administration API with a token for one of its scopes. */
import { type TokenResponse } from '@keyward/oauth';
import { basic, type TestApplication } from './test-application.js';

/** An answer, its body read. */
export interface AdministrationAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** Empty where there was none. */
  readonly body: Record<string, unknown>;
}

/** The client `shop` of administratedBootstrap. */
export class Administrator {
  private constructor(
    private readonly server: TestApplication,
    private readonly token: string,
  ) {}

  static async of(server: TestApplication, scope: string): Promise<Administrator> {
    const form = { grant_type: 'client_credentials', scope };
    const response = await server.post('/oauth2/token', form, basic('shop'));
    if (response.status !== 200) throw new Error(await response.text());
    return new Administrator(server, ((await response.json()) as TokenResponse).access_token);
  }

  /** @param body absent: none is sent */
  async call(method: string, path: string, body?: object): Promise<AdministrationAnswer> {
    const response = await fetch(this.server.url(`/admin/${path}`), {
      method,
      headers: {
        authorization: `Bearer ${this.token}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const parsed = text === '' ? {} : (JSON.parse(text) as AdministrationAnswer['body']);
    return { status: response.status, headers: response.headers, body: parsed };
  }
}
