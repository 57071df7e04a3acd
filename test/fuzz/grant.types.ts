/** The grant types with long names (RFC 7523, RFC 8628, RFC 8693). */
export { TOKEN_EXCHANGE_GRANT } from '@keyward/oauth';

export const JWT_BEARER_GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
export const DEVICE_CODE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
