/** Gateways, tokens and clients for the tests of WebSockets. */
import { once } from 'node:events';
import { Injectable } from '@nestjs/common';
import {
  MessageBody,
  SubscribeMessage,
  WebSocketGateway,
  type OnGatewayConnection,
} from '@nestjs/websockets';
import {
  AccessToken,
  CurrentPrincipal,
  Public,
  RevocationFeed,
  Scopes,
  type Principal,
  type TrustOptions,
} from '@keyward/auth';
import { io, type Socket } from 'socket.io-client';
import { WebSocket, type ClientOptions } from 'ws';
import { PushedRevocations } from '../support/pushed-revocations.js';
import { TestClock } from '../support/resource-server-clock.js';
import { createSigningKey, TokenForge } from '../support/token-forge.js';

export const ISSUER = 'https://as.example';
export const AUDIENCE = 'https://chat.example';

/** The clients whose connections gateways were told of, by subject. */
export const connected: string[] = [];

@WebSocketGateway()
export class ChatGateway implements OnGatewayConnection {
  handleConnection(): void {
    connected.push('chat');
  }

  @SubscribeMessage('say') @Scopes('chat:write') say(
    @MessageBody() text: string,
    @CurrentPrincipal() { subject }: Principal,
    @AccessToken() token: string,
  ): object {
    return { event: 'said', data: { text, subject, sameToken: token.split('.').length === 3 } };
  }

  @SubscribeMessage('read') @Scopes('chat:read') read(): object {
    return { event: 'messages', data: [] };
  }

  @SubscribeMessage('ping') @Public() ping(): object {
    return { event: 'pong', data: {} };
  }
}

@WebSocketGateway({ namespace: 'admin', path: undefined })
@Scopes('admin')
export class AdminGateway implements OnGatewayConnection {
  handleConnection(): void {
    connected.push('admin');
  }
}

/** The same behind a path, for ws, which has no namespaces. */
@WebSocketGateway({ path: '/admin' })
@Scopes('admin')
export class AdminPathGateway implements OnGatewayConnection {
  handleConnection(): void {
    connected.push('admin');
  }
}

@Injectable()
@WebSocketGateway({ path: '/news' })
@Public()
export class NewsGateway implements OnGatewayConnection {
  handleConnection(): void {
    connected.push('news');
  }

  @SubscribeMessage('latest') latest(): object {
    return { event: 'news', data: 'none' };
  }

  @SubscribeMessage('write') @Scopes('news:write') write(): object {
    return { event: 'written', data: 'ok' };
  }
}

const clock = new TestClock();
export const key = createSigningKey('ES256', 'ec-1');

/** Tokens by the machine's clock, since sockets live by timers. */
export function token(claims: object = {}): string {
  clock.setMs(Date.now());
  const forge = new TokenForge(ISSUER, AUDIENCE, key, clock);
  return forge.forge({ payload: forge.claims({ scope: 'chat:read chat:write', ...claims }) });
}

/** Expires after `seconds`, to the millisecond as far as `exp` allows. */
export function tokenFor(seconds: number, claims: object = {}): string {
  return token({ exp: Math.floor(Date.now() / 1000) + seconds, ...claims });
}

/** A trust without tolerance, whose revocations a test pushes. */
export function trustWithFeed(): { trust: TrustOptions; revocations: PushedRevocations } {
  const revocations = new PushedRevocations();
  const trust: TrustOptions = {
    issuer: ISSUER,
    audience: AUDIENCE,
    jwks: { keys: [key.jwk] },
    clockToleranceSeconds: 0,
    revocation: { feed: new RevocationFeed({ source: revocations }) },
  };
  return { trust, revocations };
}

/** What became of a handshake. */
export type Opening =
  | { readonly socket: WebSocket }
  | { readonly status: number; readonly challenge: string | undefined };

/** Opens a plain WebSocket. */
export async function open(
  url: string,
  { protocols = [], ...options }: ClientOptions & { protocols?: string[] } = {},
): Promise<Opening> {
  const socket = new WebSocket(url, protocols, options);
  return new Promise<Opening>((resolve, reject) => {
    socket.once('open', () => resolve({ socket }));
    socket.once('unexpected-response', (_request, response) => {
      response.resume();
      resolve({
        status: response.statusCode ?? 0,
        challenge: response.headers['www-authenticate'],
      });
    });
    socket.once('error', reject);
  });
}

/** Sends a message, and returns the one that comes next. */
export async function ask(socket: WebSocket, event: string, data?: unknown): Promise<unknown> {
  const answer = once(socket, 'message');
  socket.send(JSON.stringify({ event, data }));
  const [message] = (await answer) as [Buffer];
  return JSON.parse(message.toString());
}

/** Connects by socket.io; resolves to the socket, or to what `connect_error` got. */
export async function connectIo(url: string, options: object = {}): Promise<Socket | Error> {
  const socket = io(url, { reconnection: false, forceNew: true, ...options });
  return new Promise((resolve) => {
    socket.once('connect', () => resolve(socket));
    socket.once('connect_error', (error) => {
      socket.close();
      resolve(error);
    });
  });
}

/** Emits, and returns the event that comes next. */
export async function askIo(socket: Socket, event: string, data?: unknown): Promise<unknown> {
  return new Promise((resolve) => {
    socket.onAny((name: string, answer: unknown) => {
      socket.offAny();
      resolve({ event: name, data: answer });
    });
    socket.emit(event, data);
  });
}
