/** An introspection endpoint for tests: real sockets, answers by token, and whatever fault a test wants. */
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { IssuerServer } from '../testing/issuer-server.js';

/** A question as it came in. */
export interface SeenQuestion {
  readonly headers: IncomingMessage['headers'];
  readonly form: URLSearchParams;
}

const PATH = '/introspect';

/** Says of every token what it was told to, and `{"active":false}` of all others. */
export class IntrospectionServer {
  readonly questions: SeenQuestion[] = [];
  /** What happens to a question; faults are put in its place. */
  reply = (question: SeenQuestion, response: ServerResponse): void => {
    const said = this.#answers.get(question.form.get('token') ?? '') ?? { active: false };
    response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' });
    response.end(JSON.stringify(said));
  };
  readonly #answers = new Map<string, object>();

  private constructor(readonly server: IssuerServer) {
    server.on(PATH, (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const form = new URLSearchParams(Buffer.concat(chunks).toString());
        const question = { headers: request.headers, form };
        this.questions.push(question);
        this.reply(question, response);
      });
    });
  }

  static async start(): Promise<IntrospectionServer> {
    return new IntrospectionServer(await IssuerServer.start());
  }

  get url(): string {
    return this.server.url;
  }

  get endpoint(): string {
    return `${this.url}${PATH}`;
  }

  /** How often it was asked. */
  get count(): number {
    return this.questions.length;
  }

  /** What is said of `token` from now on. */
  say(token: string, answer: object): void {
    this.#answers.set(token, answer);
  }

  /** Keeps every question waiting until the returned function lets all go on. */
  hold(): () => void {
    const { reply } = this;
    const waiting: (() => void)[] = [];
    let open = false;
    this.reply = (question, response) => {
      if (open) reply(question, response);
      else waiting.push(() => reply(question, response));
    };
    return () => {
      open = true;
      for (const go of waiting.splice(0)) go();
    };
  }

  close(): Promise<void> {
    return this.server.close();
  }
}
