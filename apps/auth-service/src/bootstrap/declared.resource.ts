/** Makes a resource of its document, and the document of a resource. */
import { type JSONWebKeySet } from 'jose';
import { type Resource } from '../resource/resource.js';
import { type ResourceDocument } from './bootstrap.schema.js';

/** The resource of a document that broke no rule. */
export function declareResource(resource: ResourceDocument): Resource {
  const { identifier, name, scopes, signing_alg, access_token_encryption } = resource;
  const { alg, enc, jwks, jwks_uri } = access_token_encryption ?? {};
  const keys = { jwks: (jwks as JSONWebKeySet | undefined) ?? null, jwksUri: jwks_uri ?? null };
  const isEncrypted = alg !== undefined && enc !== undefined;
  return {
    identifier,
    name,
    scopes,
    signingAlgorithm: signing_alg ?? null,
    encryption: isEncrypted ? { alg, enc, ...keys } : null,
  };
}

/** What is read can be written again; members without a value are left out. */
export function resourceDocumentOf(resource: Resource): ResourceDocument {
  const { identifier, name, scopes, signingAlgorithm, encryption } = resource;
  const { alg, enc, jwks, jwksUri } = encryption ?? {};
  const isEncrypted = alg !== undefined && enc !== undefined;
  return {
    identifier,
    name,
    scopes: [...scopes],
    ...(signingAlgorithm !== null && {
      signing_alg: signingAlgorithm as ResourceDocument['signing_alg'],
    }),
    ...(isEncrypted && {
      access_token_encryption: {
        alg,
        enc,
        ...(jwks && { jwks: jwks as { keys: Record<string, unknown>[] } }),
        ...(jwksUri && { jwks_uri: jwksUri }),
      },
    }),
  };
}
