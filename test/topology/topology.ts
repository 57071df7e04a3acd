/** What is deployed, as its tests see it: addresses, credentials, and how to restart a part. */

/** An answer that is neither what was asked for nor that nobody can answer now. */
export class UnexpectedAnswerError extends Error {}

/** A client of deploy/bootstrap.json. */
export interface TopologyClient {
  readonly id: string;
  readonly secret: string;
}

/** The parts that can be restarted. */
export type TopologyService = string;

/** The same tests run over processes of this machine and over the containers of docker-compose.yml. */
export abstract class Topology {
  /** Where it runs, for the report. */
  abstract readonly name: string;
  /** Origin of auth-service, as everybody outside calls it. */
  abstract readonly issuer: string;
  /** Origin and audience of orders-service. */
  abstract readonly orders: string;
  /** Origin and audience of payments-service. */
  abstract readonly payments: string;
  /** Origin of the storefront. */
  abstract readonly storefront: string;
  /** Everything that can be restarted, the replicas of auth-service first. */
  abstract readonly services: readonly TopologyService[];

  /** The value of a secret of the deployment, by the name that deploy/bootstrap.json gives it. */
  protected abstract secret(name: string): string;

  /** Stops a part as an update does, and starts it anew. Resolves when it is healthy. */
  abstract restart(service: TopologyService): Promise<void>;

  /** What the replicas of auth-service wrote so far. */
  abstract authServiceLog(): Promise<string>;

  abstract stop(): Promise<void>;

  /** May read orders. */
  get reader(): TopologyClient {
    return { id: 'demo-client', secret: this.secret('KEYWARD_DEMO_CLIENT_SECRET') };
  }

  /** May read and write orders. */
  get writer(): TopologyClient {
    return { id: 'demo-writer', secret: this.secret('KEYWARD_DEMO_WRITER_SECRET') };
  }

  /** Signs people in. */
  get web(): TopologyClient {
    return { id: 'demo-web', secret: this.secret('KEYWARD_DEMO_WEB_SECRET') };
  }

  /** orders-service itself. */
  get ordersClient(): TopologyClient {
    return { id: 'orders-service', secret: this.secret('KEYWARD_ORDERS_SERVICE_SECRET') };
  }

  /** Of the account `demo`. */
  get password(): string {
    return this.secret('KEYWARD_DEMO_USER_PASSWORD');
  }

  /** POSTs a form to auth-service with the client's credentials. */
  post(
    path: string,
    { id, secret }: TopologyClient,
    form: Record<string, string>,
  ): Promise<Response> {
    return fetch(`${this.issuer}${path}`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` },
      body: new URLSearchParams(form),
    });
  }

  /** An access token of `client` with all of its scope. */
  async token(client: TopologyClient): Promise<string> {
    const answer = await this.post('/oauth2/token', client, { grant_type: 'client_credentials' });
    if (answer.status !== 200) throw await unexpected(answer);
    return ((await answer.json()) as { access_token: string }).access_token;
  }

  /** Calls orders-service. */
  callOrders(token: string, order?: object): Promise<Response> {
    return fetch(`${this.orders}/orders`, {
      method: order === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(order !== undefined && { body: JSON.stringify(order) }),
    });
  }
}

async function unexpected(answer: Response): Promise<Error> {
  const message = `${answer.status} ${await answer.text()}`;
  return [502, 503, 504].includes(answer.status)
    ? new Error(message)
    : new UnexpectedAnswerError(message);
}
