/** Sends an access token by supertest. */

/**
 * For `request(app).get('/orders').use(bearer(token))`.
 * @see RFC 6750 section 2.1
 */
export function bearer(
  token: string,
): (request: { set(field: string, value: string): unknown }) => void {
  return (request) => void request.set('Authorization', `Bearer ${token}`);
}
