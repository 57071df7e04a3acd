/** What an application says of itself, of its issuer and of the services behind it. */
import { type KeyObject } from 'node:crypto';
import { type AsymmetricAlgorithm } from '@keyward/oauth';
import { type BrowserSessionStore } from './browser-session.store.js';
import { type BffSingleUseStore } from './single-use.store.js';

/** One service that pages may call through the backend. */
export interface ProxyTarget {
  /** Where pages find it: `/api/orders`, and everything below it. */
  readonly path: string;
  /** What stands there in place of `path`: `https://orders.example.com/orders`. */
  readonly url: string;
  /**
   * The resource that its access token is for (RFC 8707). Default: none is named, and the token is for
   * all that was granted. Name one, so that a token that one service leaks opens no other.
   */
  readonly resource?: string;
  /** Bytes of a request's body at most. Default 1 MiB. */
  readonly maxRequestBytes?: number;
  /** Bytes of an answer's body at most. Default 16 MiB. */
  readonly maxResponseBytes?: number;
  /** How long the service may be silent, in milliseconds. Default 15000. */
  readonly timeoutMs?: number;
}

/** How the backend proves to the issuer which client it is. */
export type BffClientAuthentication =
  | { readonly clientSecret: string }
  | {
      readonly privateKey: KeyObject;
      readonly algorithm: AsymmetricAlgorithm;
      readonly keyId?: string;
    };

/** Where sessions and sign-ins are kept. */
export interface BffStores {
  readonly sessions: BrowserSessionStore;
  readonly singleUse: BffSingleUseStore;
}

/** Options of {@link BffModule}. */
export interface BffOptions {
  /**
   * The origin at which browsers reach the application. `redirect_uri` is made of it, and so is the
   * decision whether a request comes from a page of one's own: never of a header.
   */
  readonly publicUrl: string;
  /** The authorization server. */
  readonly issuer: string;
  /** Where this process reaches the issuer, where its name leads elsewhere: another origin. */
  readonly issuerOrigin?: string;
  readonly clientId: string;
  readonly clientAuthentication: BffClientAuthentication;
  /** What is asked for at a sign-in; `openid` must be in it. */
  readonly scope: string;
  /** Services that pages may call. */
  readonly targets: readonly ProxyTarget[];
  /** Default: in this process, for one replica. */
  readonly stores?: BffStores;
  /** Under which path the backend's own routes are. Default `/bff`. */
  readonly basePath?: string;
  /** Claims of the ID token and of userinfo that pages may see. Default `['name']`. */
  readonly claims?: readonly string[];
  /** After how long without use a session is forgotten. Default 3600. */
  readonly idleSeconds?: number;
  /** How long a session lasts at most. Default 43200: twelve hours. */
  readonly absoluteSeconds?: number;
  /** Of the session's cookie. Default `strict`. */
  readonly sameSite?: 'strict' | 'lax';
  /** Where people land after signing out. Default `/`. */
  readonly signedOutPath?: string;
  /** Where people land when a sign-in failed; `sign_in_error` says why. Default `/`. */
  readonly errorPath?: string;
  /** What the issuer signs ID and logout tokens with. Default `ES256`. */
  readonly algorithm?: AsymmetricAlgorithm;
  /**
   * Talk http with hosts that are not this machine. INSECURE: tokens and secrets are read by whoever is
   * on the way. Default false.
   */
  readonly insecureHttp?: boolean;
  /**
   * Cookies without `Secure` and `__Host-`. INSECURE: a neighbour or anyone on the way can plant a
   * session. Only for development on http in a browser that does not take http://127.0.0.1 for
   * trustworthy; Chromium and Firefox do. Default false.
   */
  readonly insecureCookies?: boolean;
}
