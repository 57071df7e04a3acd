/** What the access decorators write onto handlers and controllers, and how repetition adds up. */
import 'reflect-metadata';
import { type CustomDecorator } from '@nestjs/common';
import { type DetailsRequirement } from './details-requirement.js';
import { bothStepUps, type StepUpRequirement } from './step-up.js';

/** The requirements that one handler or one controller declares by itself. */
export interface DeclaredAccess {
  readonly public?: true;
  readonly authenticated?: true;
  /** Every one is needed. */
  readonly scopes?: readonly string[];
  /** Of each group, one is needed. */
  readonly anyScope?: readonly (readonly string[])[];
  /** Of each group, one is needed. */
  readonly roles?: readonly (readonly string[])[];
  /** For each, one detail is needed. */
  readonly authorizationDetails?: readonly DetailsRequirement[];
  readonly stepUp?: StepUpRequirement;
  /** How old the issuer's word on the token may be, in seconds; absent: it is not asked. */
  readonly introspectionMaxAgeSeconds?: number;
}

/**
 * The key of the metadata. It is text and names the package, so that a decorator of one copy of this
 * library is seen by the guard of another; a symbol would let the handler pass unguarded.
 */
export const ACCESS_METADATA = '@keyward/auth:access';

/**
 * A decorator that adds `declared` to what its target declares already. Decorating twice, directly
 * or through `applyDecorators`, asks for both: nothing that was asked for is lost.
 */
export function declareAccess(declared: DeclaredAccess): CustomDecorator {
  const decorator = (
    target: object,
    _property?: string | symbol,
    descriptor?: TypedPropertyDescriptor<unknown>,
  ): void => {
    const subject = (descriptor?.value ?? target) as object;
    const before = ownAccess(subject);
    Reflect.defineMetadata(ACCESS_METADATA, before ? merge(before, declared) : declared, subject);
  };
  return Object.assign(decorator as CustomDecorator, { KEY: ACCESS_METADATA });
}

/** What `subject` itself declares; not what it inherits. */
export function ownAccess(subject: object): DeclaredAccess | undefined {
  return Reflect.getOwnMetadata(ACCESS_METADATA, subject) as DeclaredAccess | undefined;
}

function merge(a: DeclaredAccess, b: DeclaredAccess): DeclaredAccess {
  return {
    public: a.public ?? b.public,
    authenticated: a.authenticated ?? b.authenticated,
    scopes: join(a.scopes, b.scopes),
    anyScope: join(a.anyScope, b.anyScope),
    roles: join(a.roles, b.roles),
    authorizationDetails: join(a.authorizationDetails, b.authorizationDetails),
    stepUp: a.stepUp && b.stepUp ? bothStepUps(a.stepUp, b.stepUp) : (a.stepUp ?? b.stepUp),
    introspectionMaxAgeSeconds: least(a.introspectionMaxAgeSeconds, b.introspectionMaxAgeSeconds),
  };
}

function join<T>(
  a: readonly T[] | undefined,
  b: readonly T[] | undefined,
): readonly T[] | undefined {
  return a && b ? [...a, ...b] : (a ?? b);
}

function least(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);
}
