/** An application that calls another one: what its caller sees of the other's demands. */
import { Controller, Get, Inject, Injectable, Module, type INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { StepUpChallenge } from '../access/step-up.challenge.js';
import { Authenticated, Public } from '../access/access.decorators.js';
import { AuthModule } from '../auth.module.js';
import { type RefusedRequest } from '../auth.observer.js';
import { CurrentPrincipal } from '../principal/principal.decorators.js';
import { type Principal } from '../principal/principal.js';
import { answerJson, ScriptedService } from '../spec-support/scripted-service.js';
import { TestIssuer } from '../testing/test-issuer.js';
import { CurrentCaller, type Caller } from './caller.js';
import { InjectServiceClient, ServiceClientModule } from './service-client.module.js';
import { ServiceClient } from './service.client.js';
import { stepUpDemandOf } from './step-up-demand.js';

const AUDIENCE = 'https://orders.example';
const DEMAND = 'Bearer error="insufficient_user_authentication", acr_values="gold", max_age="60"';

@Injectable()
class Addresses {
  target = '';
}

@Controller()
class OrdersController {
  constructor(
    @InjectServiceClient('payments') private readonly payments: ServiceClient,
    @InjectServiceClient('stock') private readonly stock: ServiceClient,
    private readonly challenges: StepUpChallenge,
  ) {}

  @Get('pay')
  @Authenticated()
  async pay(@CurrentPrincipal() principal: Principal, @CurrentCaller() caller: Caller) {
    const response = await this.payments.onBehalfOf(caller)('/payments');
    const demand = stepUpDemandOf(response);
    if (demand !== undefined) throw this.challenges.passOn(demand, principal);
    return response.text();
  }

  @Get('strong')
  @Authenticated()
  strong(@CurrentPrincipal() principal: Principal) {
    this.challenges.require(principal, { acr: 'gold' }, 'orders:write');
    return 'done';
  }

  @Get('stock')
  @Public()
  async list(@CurrentCaller() caller: Caller | undefined) {
    const response = await this.stock.asItself()('/stock');
    return { caller: caller ?? null, said: await response.text() };
  }
}

describe('ServiceClientModule', () => {
  const refusals: RefusedRequest[] = [];
  let issuer: TestIssuer;
  let server: ScriptedService;
  let target: ScriptedService;
  let app: INestApplication;
  let url: string;

  beforeAll(async () => {
    issuer = await TestIssuer.start({ audience: AUDIENCE });
    [server, target] = await Promise.all([ScriptedService.start(), ScriptedService.start()]);
    server.answer = (_, response) =>
      answerJson(response, 200, { access_token: 'next', token_type: 'Bearer', expires_in: 300 });

    @Module({ providers: [Addresses], exports: [Addresses] })
    class AddressModule {
      constructor(@Inject(Addresses) addresses: Addresses) {
        addresses.target = target.url;
      }
    }
    const moduleRef = await Test.createTestingModule({
      imports: [
        AuthModule.forRoot({
          trusts: [{ issuer: issuer.url, audience: AUDIENCE }],
          resourceMetadata: `${AUDIENCE}/metadata`,
          observer: {
            requestRefused: (refusal) => void refusals.push(refusal),
            keysFetched: () => undefined,
            keysFetchFailed: () => undefined,
          },
        }),
        ServiceClientModule.forRootAsync({
          useFactory: () => ({
            issuer: issuer.url,
            tokenEndpoint: `${server.url}/token`,
            client: { clientId: 'orders', clientSecret: 'secret' },
          }),
        }),
        ServiceClientModule.forFeatureAsync('payments', {
          imports: [AddressModule],
          inject: [Addresses],
          useFactory: async (addresses: Addresses) => ({ url: addresses.target }),
        }),
        ServiceClientModule.forFeature('stock', { url: target.url, ownScope: 'stock:read' }),
      ],
      controllers: [OrdersController],
    }).compile();
    app = moduleRef.createNestApplication({ logger: false });
    await app.listen(0, '127.0.0.1');
    url = await app.getUrl();
  });
  afterAll(async () => {
    await app.close();
    await Promise.all([issuer.stop(), server.close(), target.close()]);
  });

  const get = async (path: string, token?: string) => {
    const response = await fetch(`${url}${path}`, {
      headers: {
        'x-request-id': 'request-1',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
    });
    const challenge = response.headers.get('www-authenticate');
    return { status: response.status, challenge, body: await response.text() };
  };

  it('calls on behalf of the caller of a handler, with the headers that tie both together', async () => {
    target.answer = (_, response) => response.writeHead(200).end('paid');
    const token = issuer.token({ sub: 'alice' });
    expect(await get('/pay', token)).toMatchObject({ status: 200, body: 'paid' });
    expect(server.lastForm.get('subject_token')).toBe(token);
    expect(target.last.headers).toMatchObject({
      authorization: 'Bearer next',
      'x-request-id': 'request-1',
    });
  });

  it('calls as itself where nobody is signed in', async () => {
    target.answer = (_, response) => response.writeHead(200).end('much');
    const { body } = await get('/stock');
    expect(JSON.parse(body)).toEqual({ caller: null, said: 'much' });
    expect(Object.fromEntries(server.lastForm)).toMatchObject({
      grant_type: 'client_credentials',
      scope: 'stock:read',
    });
  });

  it('has the demand of the other service passed on as its own, and told to the observer', async () => {
    target.answer = (_, response) =>
      response.writeHead(401, { 'www-authenticate': DEMAND }).end('secret of the other service');
    const answer = await get('/pay', issuer.token({ sub: 'alice' }));
    expect(answer.status).toBe(401);
    expect(answer.challenge).toBe(
      'Bearer error="insufficient_user_authentication", error_description="Another or a more recent ' +
        `authentication is needed", acr_values="gold", max_age="60", resource_metadata="${AUDIENCE}/metadata"`,
    );
    expect(answer.body).not.toContain('secret');
    expect(refusals.at(-1)).toMatchObject({ reason: 'insufficient_authentication', status: 401 });
  });

  it('has a handler ask for a step-up by itself', async () => {
    expect((await get('/strong', issuer.token({ acr: 'gold' }))).status).toBe(200);
    const { status, challenge } = await get('/strong', issuer.token({ acr: 'silver' }));
    expect(status).toBe(401);
    expect(challenge).toContain('scope="orders:write"');
    expect(challenge).toContain('acr_values="gold"');
  });
});
