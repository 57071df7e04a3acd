/** @keyward/auth/bff: sign-in and session for a browser application; needs openid-client. */
export { BFF_OPTIONS, BffModule } from './bff/bff.module.js';
export {
  type BffClientAuthentication,
  type BffOptions,
  type BffStores,
  type ProxyTarget,
} from './bff/bff.options.js';
export {
  type BrowserSession,
  type HeldAccessToken,
  type SessionOwner,
  type StoredSession,
} from './bff/browser-session.js';
export { BffStoreUnavailableError, BrowserSessionStore } from './bff/browser-session.store.js';
export { MemoryBrowserSessionStore } from './bff/memory-browser-session.store.js';
export { MemoryBffSingleUseStore } from './bff/memory-single-use.store.js';
export { CSRF_HEADER } from './bff/own-page.check.js';
export { RedisBrowserSessionStore } from './bff/redis-browser-session.store.js';
export { RedisBffSingleUseStore } from './bff/redis-single-use.store.js';
export { type RedisBffClient, type RedisBffOptions } from './bff/redis.commands.js';
export { type SealingKey } from './bff/sealing.keys.js';
export { BffSingleUseStore } from './bff/single-use.store.js';
export { type UserAnswer } from './bff/user.endpoint.js';
