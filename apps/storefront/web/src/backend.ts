/** Talks to the shop's backend: the cookie goes by itself, and there is nothing else to hold. */

/** What the backend says of whoever has the cookie. */
export type User =
  | { readonly signed_in: true; readonly claims: { readonly name?: string } }
  | { readonly signed_in: false; readonly session_ended: boolean };

/** An answer that is not the wanted one; `error` names the reason. */
export class BackendError extends Error {
  override readonly name = 'BackendError';

  constructor(
    readonly status: number,
    readonly error: string,
    /** Where to prove more, for `insufficient_user_authentication`. */
    readonly login?: string,
    /** What was made before the answer. */
    readonly location?: string,
  ) {
    super(error);
  }
}

/** Calls the backend; an outage of a moment is waited for, a few times. */
export async function call<T>(path: string, init: RequestInit = {}): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    const response = await send(path, init);
    if (response.status === 503 && attempt < 4) {
      await new Promise((resolve) => setTimeout(resolve, 600 * attempt));
      continue;
    }
    if (response.ok) return (await response.json()) as T;
    throw await errorOf(response);
  }
}

async function send(path: string, init: RequestInit): Promise<Response> {
  const headers = { 'X-CSRF': '1', Accept: 'application/json', ...init.headers };
  try {
    return await fetch(path, { ...init, headers, credentials: 'same-origin', redirect: 'error' });
  } catch {
    throw new BackendError(0, 'offline');
  }
}

async function errorOf(response: Response): Promise<BackendError> {
  const body = (await response.json().catch(() => ({}))) as { error?: unknown; login?: unknown };
  return new BackendError(
    response.status,
    typeof body.error === 'string' ? body.error : 'unknown',
    typeof body.login === 'string' ? body.login : undefined,
    response.headers.get('location') ?? undefined,
  );
}
