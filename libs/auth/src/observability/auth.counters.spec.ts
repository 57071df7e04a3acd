/** Counters: what is counted, that all of it is passed on, and how Prometheus reads it. */
import { AuthObserver } from '../auth.observer.js';
import { AuthCounters } from './auth.counters.js';
import { formatPrometheus } from './prometheus-text.js';

class Recorder extends AuthObserver {
  readonly told: string[] = [];

  requestRefused(): void {
    this.told.push('requestRefused');
  }

  keysFetched(): void {
    this.told.push('keysFetched');
  }

  keysFetchFailed(): void {
    this.told.push('keysFetchFailed');
  }

  override requestPassed(): void {
    this.told.push('requestPassed');
  }

  override shadowCompared(): void {
    this.told.push('shadowCompared');
  }

  override shadowDropped(): void {
    this.told.push('shadowDropped');
  }

  override requestReported(): void {
    this.told.push('requestReported');
  }
}

const ISSUER = 'https://as.example';
const ACCEPTED = { verdict: 'accepted' } as const;

function tellAll(counters: AuthCounters): void {
  counters.requestPassed('authentication', ISSUER);
  counters.requestPassed('authentication', ISSUER);
  counters.requestPassed('authorization', ISSUER);
  for (const reason of ['expired', 'expired', 'audience'] as const) {
    counters.requestRefused({ stage: 'claims', reason, status: 401 });
  }
  counters.keysFetched(ISSUER, 1, []);
  counters.keysFetchFailed(ISSUER, 'down');
  counters.shadowCompared({
    outcome: 'disagree',
    handler: 'OrdersController.list',
    enforced: ACCEPTED,
    shadow: ACCEPTED,
    differences: ['scopes'],
  });
  counters.shadowDropped();
  counters.requestReported('OrdersController.list', undefined);
}

describe('AuthCounters', () => {
  it('count by outcome, stage and reason, and pass everything on', () => {
    const next = new Recorder();
    const counters = new AuthCounters(next);
    tellAll(counters);
    expect(counters.snapshot()).toEqual({
      passed: { authentication: 2, authorization: 1 },
      refused: { claims: { expired: 2, audience: 1 } },
      keyFetches: { succeeded: 1, failed: 1 },
      shadow: { agree: 0, disagree: 1, undecided: 0, dropped: 1 },
      reported: { passed: 1, refused: 0 },
    });
    expect(next.told).toHaveLength(11);
    expect(new Set(next.told).size).toBe(7);
  });

  it('give a copy, which later counts do not change', () => {
    const counters = new AuthCounters(new Recorder());
    const before = counters.snapshot();
    tellAll(counters);
    expect(before.passed.authentication).toBe(0);
    expect(before.refused).toEqual({});
  });

  it('are read by Prometheus', () => {
    const counters = new AuthCounters(new Recorder());
    tellAll(counters);
    const text = formatPrometheus(counters.snapshot());
    expect(text).toContain('# TYPE keyward_requests_refused_total counter\n');
    expect(text).toContain(
      'keyward_requests_refused_total{stage="claims",reason="expired"} 2\n' +
        'keyward_requests_refused_total{stage="claims",reason="audience"} 1\n',
    );
    expect(text).toContain('keyward_requests_passed_total{stage="authorization"} 1\n');
    expect(text).toContain('keyward_shadow_comparisons_total{outcome="dropped"} 1\n');
    const sample = /^(# (HELP|TYPE) \w+ .+|\w+\{\w+="\w+"(,\w+="\w+")*\} \d+)$/;
    const lines = text.split('\n');
    expect(lines.pop()).toBe('');
    for (const line of lines) expect(line).toMatch(sample);
  });
});
