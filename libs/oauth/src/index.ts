/** @keyward/oauth: the vocabulary of OAuth 2.1 and OpenID Connect. Pure: no framework, no I/O. */
export * from './administration.js';
export * from './algorithms.js';
export * from './authorization-details.js';
export * from './claims.js';
export * from './errors.js';
export * from './metadata.js';
export * from './parameters.js';
export * from './revocation.js';
export * from './scope.js';
