/** What every SignInBrake must do. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type SignInLimits } from '../../limits/brake.limit.js';
import { type BrakeDecision, type SignInBrake } from '../../limits/sign-in.brake.js';

/** A brake under test. */
export interface SignInBrakeHarness {
  readonly brake: SignInBrake;
  /** Another process's view of the same state; the same brake where there is only one process. */
  readonly replica: SignInBrake;
}

const HOUR_MS = 3_600_000;
const LIMITS: SignInLimits = {
  account: { freeAttempts: 3, firstDelayMs: 600, maxDelayMs: 900, forgetMs: HOUR_MS },
  address: { freeAttempts: 6, firstDelayMs: 600, maxDelayMs: 900, forgetMs: HOUR_MS },
};

/** @param open an empty brake with these limits */
export function describeSignInBrake(
  open: (limits: SignInLimits) => Promise<SignInBrakeHarness>,
): void {
  const from = (username: string, address: string) => ({ username, address });
  const ada = from('ada', '192.0.2.1');
  const allowed = (decisions: readonly BrakeDecision[]) =>
    decisions.filter((d) => d.allowed).length;
  const delay = (decision: BrakeDecision) => (decision.allowed ? 0 : decision.retryAfterMs);
  const repeat = async <T>(times: number, action: (index: number) => Promise<T>) => {
    const results: T[] = [];
    for (let index = 0; index < times; index += 1) results.push(await action(index));
    return results;
  };

  it('allows the free attempts, then makes everybody wait for the account', async () => {
    const { brake, replica } = await open(LIMITS);
    expect(allowed(await repeat(3, () => brake.attempt(ada)))).toBe(3);
    const braked = await replica.attempt(from('ada', '198.51.100.1'));
    expect(delay(braked)).toBeGreaterThan(0);
    expect(delay(braked)).toBeLessThanOrEqual(600);
    expect(allowed([await brake.attempt(from('grace', '192.0.2.1'))])).toBe(1);
  });

  it('doubles the wait with each further attempt, up to the longest', async () => {
    const { brake } = await open(LIMITS);
    await repeat(3, () => brake.attempt(ada));
    const waits = await repeat(3, async () => {
      const wait = delay(await brake.attempt(ada));
      await sleep(wait + 5);
      expect(allowed([await brake.attempt(ada)])).toBe(1);
      return wait;
    });
    expect(waits[0]).toBeLessThanOrEqual(600);
    for (const wait of waits.slice(1)) {
      expect(wait).toBeGreaterThan(600);
      expect(wait).toBeLessThanOrEqual(900);
    }
  });

  it('does not prolong the wait of those who are kept waiting', async () => {
    const { brake } = await open(LIMITS);
    await repeat(3, () => brake.attempt(ada));
    const waits = (await repeat(30, () => brake.attempt(ada))).map(delay);
    expect(Math.max(...waits)).toBe(waits[0]);
    await sleep((waits[0] ?? 0) + 5);
    expect(allowed([await brake.attempt(ada)])).toBe(1);
  });

  it('lets as many of 50 parallel attempts through as of 50 serial ones', async () => {
    const { brake, replica } = await open(LIMITS);
    const attempts = Array.from({ length: 50 }, (_, index) =>
      (index % 2 === 0 ? brake : replica).attempt(ada),
    );
    expect(allowed(await Promise.all(attempts))).toBe(3);
  });

  it('brakes one address against many accounts', async () => {
    const { brake, replica } = await open(LIMITS);
    const attempts = Array.from({ length: 50 }, (_, index) =>
      (index % 2 === 0 ? brake : replica).attempt(from(`user ${index}`, '192.0.2.1')),
    );
    expect(allowed(await Promise.all(attempts))).toBe(6);
    expect(allowed([await brake.attempt(from('user 0', '192.0.2.2'))])).toBe(1);
  });

  it('brakes many addresses against one account', async () => {
    const { brake } = await open(LIMITS);
    const attempts = Array.from({ length: 50 }, (_, index) =>
      brake.attempt(from('ada', `192.0.2.${index}`)),
    );
    expect(allowed(await Promise.all(attempts))).toBe(3);
  });

  it('takes all addresses of an IPv6 /64 for one, and its neighbours for others', async () => {
    const { brake } = await open(LIMITS);
    const within = await repeat(10, (index) =>
      brake.attempt(from(`user ${index}`, `2001:db8:0:1:${index}::${index}`)),
    );
    expect(allowed(within)).toBe(6);
    expect(allowed([await brake.attempt(from('ada', '2001:db8:0:2::1'))])).toBe(1);
  });

  it('counts nothing on the address for an attempt that the account refuses', async () => {
    const { brake } = await open(LIMITS);
    await repeat(20, () => brake.attempt(ada));
    const others = await repeat(10, (index) => brake.attempt(from(`user ${index}`, ada.address)));
    expect(allowed(others)).toBe(3);
  });

  it('forgets the account at a success, and of the address that one attempt', async () => {
    const { brake } = await open(LIMITS);
    await repeat(2, () => brake.attempt(ada));
    await brake.attempt(ada);
    await brake.succeed(ada);
    // Two wrong attempts of the address are left of its six.
    expect(allowed(await repeat(10, () => brake.attempt(ada)))).toBe(3);
    const others = await repeat(10, (index) => brake.attempt(from(`user ${index}`, ada.address)));
    expect(allowed(others)).toBe(1);
  });

  it('never brakes an address whose people know their passwords', async () => {
    const { brake } = await open(LIMITS);
    const decisions = await repeat(30, async (index) => {
      const source = from(`user ${index}`, '192.0.2.1');
      const decision = await brake.attempt(source);
      await brake.succeed(source);
      return decision;
    });
    expect(allowed(decisions)).toBe(30);
  });

  it('takes an attempt back that was not decided', async () => {
    const { brake } = await open(LIMITS);
    await repeat(20, async () => {
      expect(allowed([await brake.attempt(ada)])).toBe(1);
      await brake.withdraw(ada);
    });
    expect(allowed(await repeat(5, () => brake.attempt(ada)))).toBe(3);
  });

  it('forgives an account, and its address nothing', async () => {
    const { brake, replica } = await open(LIMITS);
    await repeat(3, () => brake.attempt(ada));
    await replica.forgive('ada');
    expect(allowed(await repeat(5, () => brake.attempt(ada)))).toBe(3);
    const elsewhere = await repeat(5, (index) => brake.attempt(from(`user ${index}`, ada.address)));
    expect(allowed(elsewhere)).toBe(0);
    await replica.forgive('nobody');
  });

  it('does not mind a success or a withdrawal of what it has forgotten', async () => {
    const { brake } = await open(LIMITS);
    await brake.succeed(ada);
    await brake.withdraw(ada);
    expect(allowed(await repeat(5, () => brake.attempt(ada)))).toBe(3);
  });

  it('forgets with time', async () => {
    const quick = { freeAttempts: 3, firstDelayMs: 50, maxDelayMs: 100, forgetMs: 200 };
    const { brake } = await open({ account: quick, address: quick });
    await repeat(3, () => brake.attempt(ada));
    await sleep(900);
    expect(allowed(await Promise.all([1, 2, 3].map(() => brake.attempt(ada))))).toBe(3);
  });
}
