/** Devices of every kind, and the device grant as one of them goes through it. */
import { DEVICE_CODE_GRANT, type DeviceAuthorizationResponse } from '@keyward/oauth';
import { grantOf } from '../authorization/authorization.granter.js';
import { type BootstrapSource } from '../bootstrap/bootstrap.schema.js';
import { DeviceAuthorizations } from '../device-authorization/device.authorizations.js';
import { normaliseUserCode } from '../device-authorization/user.code.js';
import { type Session } from '../session/session.js';
import { bootstrapDocument } from './bootstrap.fixture.js';
import { FakeBrowser } from './fake.browser.js';
import { signIn } from './signed-in.fixture.js';
import { type TestApplication } from './test-application.js';

const SCOPE = 'openid profile offline_access orders:read orders:write';

function device(
  clientId: string,
  name: string,
  change: Partial<BootstrapSource['clients'][number]> = {},
) {
  return {
    client_id: clientId,
    name,
    application_type: 'native' as const,
    token_endpoint_auth_method: 'none' as const,
    grant_types: [DEVICE_CODE_GRANT, 'refresh_token'] as const,
    scope: SCOPE,
    ...change,
  };
}

/** The fixture's clients, and a public, a confidential, a bound and a demanding device beside them. */
export function deviceDocument(): BootstrapSource {
  const document = bootstrapDocument();
  const [partner] = document.clients.filter(({ client_id }) => client_id === 'partner');
  return {
    ...document,
    clients: [
      ...document.clients,
      device('tv', 'Living room TV'),
      device('printer', 'Printer', {
        token_endpoint_auth_method: 'client_secret_basic',
        client_secret: { env: 'SECRET_OF_web' },
        grant_types: [DEVICE_CODE_GRANT],
        scope: 'openid orders:read',
      }),
      device('signer', 'Signs its requests', {
        token_endpoint_auth_method: 'private_key_jwt',
        jwks: partner?.jwks,
      }),
      device('bound', 'Proves its key', { dpop_bound_access_tokens: true }),
      device('vault', 'Vault', { required_acr: 'urn:keyward:acr:mfa' }),
      device('house-tv', 'TV of the house', { first_party: true }),
    ] as BootstrapSource['clients'],
  };
}

/** An answer in JSON. */
export interface JsonAnswer<Body = Record<string, unknown>> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

/** One device, the client `tv` unless told otherwise. */
export class DeviceFlow {
  constructor(
    private readonly server: TestApplication,
    private readonly headers: Record<string, string> = {},
    private readonly clientId: string | null = 'tv',
  ) {}

  /** Asks for codes. */
  ask(
    form: Record<string, string> | string = {},
    headers: Record<string, string> = {},
  ): Promise<JsonAnswer> {
    return this.post('/oauth2/device_authorization', form, headers);
  }

  /** Asks for codes, and gets them. */
  async begin(form: Record<string, string> = {}): Promise<DeviceAuthorizationResponse> {
    const { status, body } = await this.ask(form);
    if (status !== 200) throw new Error(JSON.stringify(body));
    return body as unknown as DeviceAuthorizationResponse;
  }

  poll(
    deviceCode: string,
    form: Record<string, string> = {},
    headers: Record<string, string> = {},
  ): Promise<JsonAnswer> {
    const grant = { grant_type: DEVICE_CODE_GRANT, device_code: deviceCode };
    return this.post('/oauth2/token', { ...grant, ...form }, headers);
  }

  private async post(
    path: string,
    form: Record<string, string> | string,
    headers: Record<string, string>,
  ): Promise<JsonAnswer> {
    const named: Record<string, string> =
      this.clientId === null ? {} : { client_id: this.clientId };
    const body = typeof form === 'string' ? form : { ...named, ...form };
    const response = await this.server.post(path, body, { ...this.headers, ...headers });
    const { status } = response;
    return {
      status,
      headers: response.headers,
      body: (await response.json()) as JsonAnswer['body'],
    };
  }
}

/** Decides for a person as the pages do, past them. */
export async function decideFor(
  server: TestApplication,
  { user_code }: Pick<DeviceAuthorizationResponse, 'user_code'>,
  isAllowed = true,
): Promise<Session> {
  const session = await signIn(server, new FakeBrowser());
  const devices = server.app.get(DeviceAuthorizations, { strict: false });
  const id = await devices.enter(normaliseUserCode(user_code) ?? '', session.accountId);
  const device = id === null ? null : await devices.find(id, session.accountId);
  if (device === null) throw new Error(`nothing waits under ${user_code}`);
  const grant = isAllowed ? grantOf(device.request, session) : null;
  if (!(await devices.decide(device.id, session.accountId, grant))) throw new Error('undecided');
  return session;
}
