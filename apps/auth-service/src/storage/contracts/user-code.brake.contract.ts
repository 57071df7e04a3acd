/** What every UserCodeBrake must do. */
import {
  type UserCodeBrake,
  type UserCodeLimits,
} from '../../device-authorization/user-code.brake.js';

/** A brake under test, as two processes see it; the same brake where there is only one. */
export interface UserCodeBrakeHarness {
  readonly brake: UserCodeBrake;
  readonly replica: UserCodeBrake;
}

const LONG = { firstDelayMs: 60_000, maxDelayMs: 60_000, forgetMs: 3_600_000 };
const LIMITS: UserCodeLimits = {
  account: { freeAttempts: 3, ...LONG },
  address: { freeAttempts: 6, ...LONG },
  everybody: { freeAttempts: 12, ...LONG },
};

/** @param open an empty brake with these limits */
export function describeUserCodeBrake(
  open: (limits: UserCodeLimits) => Promise<UserCodeBrakeHarness>,
): void {
  const countAllowed = async (
    { brake, replica }: UserCodeBrakeHarness,
    sourceOf: (index: number) => { accountId: string; address: string },
  ) => {
    const attempts = Array.from({ length: 40 }, (_, index) =>
      (index % 2 === 0 ? brake : replica).attempt(sourceOf(index)),
    );
    return (await Promise.all(attempts)).filter(({ allowed }) => allowed).length;
  };

  it.each([
    [
      'one account at many addresses',
      3,
      (n: number) => ({ accountId: 'a', address: `192.0.2.${n}` }),
    ],
    [
      'one address of many accounts',
      6,
      (n: number) => ({ accountId: `${n}`, address: '192.0.2.1' }),
    ],
    ['everybody', 12, (n: number) => ({ accountId: `${n}`, address: `192.0.2.${n}` })],
  ])('brakes %s at %d parallel attempts', async (_, expected, sourceOf) => {
    expect(await countAllowed(await open(LIMITS), sourceOf)).toBe(expected);
  });

  it('counts nothing for an attempt that one of the three refuses', async () => {
    const harness = await open(LIMITS);
    await countAllowed(harness, () => ({ accountId: 'a', address: '192.0.2.1' }));
    const others = await countAllowed(harness, (n) => ({
      accountId: `${n}`,
      address: '192.0.2.1',
    }));
    expect(others).toBe(3);
  });

  it('does not mind those whose codes are right', async () => {
    const { brake } = await open(LIMITS);
    const source = { accountId: 'a', address: '192.0.2.1' };
    for (let count = 0; count < 20; count += 1) {
      expect(await brake.attempt(source)).toEqual({ allowed: true });
      await brake.withdraw(source);
    }
  });
}
