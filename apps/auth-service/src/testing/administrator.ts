/** Somebody who calls the administration API with a token for one of its scopes. */
import { type TokenResponse } from '@keyward/oauth';
import { type AnswerName, ANSWERS } from '../administration/openapi/answer.schemas.js';
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
  private document: Document | null = null;

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
    await this.compare(method, path, response, parsed);
    return { status: response.status, headers: response.headers, body: parsed };
  }

  /** Every answer that a test gets is held to what the document says of it. */
  private async compare(
    method: string,
    path: string,
    { status }: Response,
    body: object,
  ): Promise<void> {
    this.document ??= await this.fetchDocument();
    const [found] = Object.entries(this.document.paths).filter(([template]) => {
      const pattern = template.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+');
      return new RegExp(`^${pattern}$`).test(`/admin/${path.split('?', 1)[0]}`);
    });
    const said = found?.[1][method.toLowerCase()]?.responses[status];
    if (found === undefined || said === undefined) {
      throw new Error(`the document does not say that ${method} ${path} answers ${status}`);
    }
    const name = said.content?.['application/json']?.schema.$ref.split('/').at(-1);
    if (name === undefined) return;
    const { error } = ANSWERS[name as AnswerName].safeParse(body);
    if (error !== undefined) throw new Error(`${method} ${path}: ${error.message}`);
  }

  private async fetchDocument(): Promise<Document> {
    const headers = { authorization: `Bearer ${this.token}` };
    const response = await fetch(this.server.url('/admin/openapi.json'), { headers });
    return (await response.json()) as Document;
  }
}

interface Document {
  readonly paths: Record<string, Record<string, { responses: Record<string, Said> }>>;
}

interface Said {
  readonly content?: Record<string, { schema: { $ref: string } }>;
}
