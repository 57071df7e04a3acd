/** Whether the guards that AuthModule binds to the application decide, or only report. */

/** How AuthModule was set up; injected where it makes a difference. */
export class Enforcement {
  constructor(readonly mode: EnforcementMode) {
    if (mode !== 'enforced' && mode !== 'insecure-report-only') {
      throw new TypeError("enforcement is 'enforced' or 'insecure-report-only'");
    }
  }

  /** Whether nothing is refused by the application's guards. */
  get isReportOnly(): boolean {
    return this.mode === 'insecure-report-only';
  }
}

/** `insecure-report-only`: AuthModule protects nothing, and says what it would have answered. */
export type EnforcementMode = 'enforced' | 'insecure-report-only';
