/** Turns a partner as a file writes it into what is declared. */
import { parseScope } from '@keyward/oauth';
import { type JSONWebKeySet } from 'jose';
import { type DeclaredPartner } from './bootstrap.store.js';
import { type PartnerDocument } from './partner.schema.js';

/** Of one that breaks no rule. */
export function declarePartner(partner: PartnerDocument): DeclaredPartner {
  return {
    issuer: partner.issuer,
    partnerId: partner.partner_id,
    // partner.rules.ts imported every key of it.
    jwks: (partner.jwks as JSONWebKeySet | undefined) ?? null,
    jwksUri: partner.jwks_uri ?? null,
    algorithms: partner.algorithms,
    clients: partner.clients,
    resources: partner.resources,
    scopes: parseScope(partner.scope) ?? [],
    maxAssertionSeconds: partner.max_assertion_seconds,
    disabled: partner.disabled,
  };
}
