/** What this process decided since its start, in plain numbers. */
import { Injectable } from '@nestjs/common';
import { Counts, type ScrapedMetric } from '@keyward/observability';

/** Counted always, as that costs next to nothing; read where metrics are served. */
@Injectable()
export class ServerCounts {
  readonly issued = new Counts(
    'keyward_token_responses_total',
    'Answers of the token endpoint that hold tokens, by grant type.',
    ['grant_type'],
  );
  readonly refusals = new Counts(
    'keyward_refusals_total',
    'Requests that were not done what they asked for, by route template, error code and status.',
    ['endpoint', 'error', 'status'],
  );
  readonly rotations = new Counts(
    'keyward_refresh_rotations_total',
    'Refresh tokens that were presented, by what was decided; a miss is decided anew.',
    ['outcome'],
  );
  readonly audited = new Counts(
    'keyward_audit_events_total',
    'Decisions that went into the audit record, sign-ins among them.',
    ['type', 'outcome'],
  );

  metrics(): readonly ScrapedMetric[] {
    const { issued, refusals, rotations, audited } = this;
    return [issued, refusals, rotations, audited].map((counts) => counts.metric());
  }
}
