/** Configuration namespace `audit`: how long the record of decisions is kept. */
import { registerAs } from '@nestjs/config';
import { parseEnvironment } from './environment.schema.js';

/** Retention of audit events. */
export interface AuditConfig {
  /** Default 365. */
  readonly retentionDays: number;
}

export const auditConfig = registerAs('audit', (): AuditConfig => ({
  retentionDays: parseEnvironment(process.env).AUTH_AUDIT_RETENTION_DAYS,
}));
