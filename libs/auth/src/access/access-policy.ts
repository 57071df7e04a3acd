/** Works out what a handler asks of its caller, from its own decorators and its controller's. */
import { Injectable, type ExecutionContext, type Type } from '@nestjs/common';
import { ownAccess, type DeclaredAccess } from './access-metadata.js';
import { type DetailsRequirement } from './details-requirement.js';
import { type StepUpRequirement } from './step-up.js';

/** Anything that Nest calls for a request. */
export type Handler = ReturnType<ExecutionContext['getHandler']>;

/** What a handler asks for, once methods, controllers and inheritance are taken together. */
export interface AccessPolicy {
  /** No token is looked at. */
  readonly public: boolean;
  /** Whether any decorator was found; one without is refused at start by the route audit. */
  readonly decorated: boolean;
  /** Every one is needed. */
  readonly scopes: readonly string[];
  /** Of each group, one is needed. */
  readonly anyScope: readonly (readonly string[])[];
  /** Of each group, one is needed. */
  readonly roles: readonly (readonly string[])[];
  /** How the resource owner must have signed in; undefined: in any way. */
  /** For each, one detail is needed. */
  readonly authorizationDetails: readonly DetailsRequirement[];
  readonly stepUp: StepUpRequirement | undefined;
  /** How old the issuer's word on the token may be, in seconds; undefined: it is not asked. */
  readonly introspectionMaxAgeSeconds: number | undefined;
  /** It answers with server-sent events, for which one look at the token is not enough. */
  readonly isStream: boolean;
}

/** What Nest's `@Sse` writes; its constant is not part of Nest's API. */
const SSE_METADATA = '__sse__';

const OPEN = {
  scopes: [],
  anyScope: [],
  roles: [],
  authorizationDetails: [],
  stepUp: undefined,
  introspectionMaxAgeSeconds: undefined,
  isStream: false,
};

/** Every scope that a policy names. */
export function scopesOf({ scopes, anyScope }: AccessPolicy): readonly string[] {
  return [...scopes, ...anyScope.flat()];
}

/** Decorators that contradict each other: a fault of the program, found when it starts. */
export class ContradictoryAccessError extends Error {
  override readonly name = 'ContradictoryAccessError';
}

/**
 * The policy of each handler, worked out once.
 *
 * A method's `@Public` opens it, any other of its decorators closes it, whatever the controller
 * says. Of each kind of requirement the method's replaces the controller's; kinds that only the
 * controller has stay. A controller without decorators has those of the class it extends; so has a
 * method that overrides another.
 */
@Injectable()
export class AccessPolicies {
  readonly #known = new WeakMap<Handler, Map<Type, AccessPolicy>>();

  /** @throws ContradictoryAccessError for `@Public` beside a requirement on one target */
  of(controller: Type, handler: Handler): AccessPolicy {
    // Controllers that extend one class share its handlers, and may differ in what they ask.
    let ofHandler = this.#known.get(handler);
    if (ofHandler === undefined) this.#known.set(handler, (ofHandler = new Map()));
    let policy = ofHandler.get(controller);
    if (policy === undefined) ofHandler.set(controller, (policy = policyOf(controller, handler)));
    return policy;
  }
}

function policyOf(controller: Type, handler: Handler): AccessPolicy {
  const label = `${controller.name}.${handler.name}`;
  const method = consistent(methodAccess(controller, handler), label);
  const ofClass = consistent(classAccess(controller), controller.name);
  const decorated = method !== undefined || ofClass !== undefined;
  const isPublic = method === undefined ? ofClass?.public === true : method.public === true;
  if (isPublic) return { public: true, decorated, ...OPEN };
  return {
    public: false,
    decorated,
    isStream: Reflect.hasMetadata(SSE_METADATA, handler),
    scopes: method?.scopes ?? ofClass?.scopes ?? [],
    anyScope: method?.anyScope ?? ofClass?.anyScope ?? [],
    roles: method?.roles ?? ofClass?.roles ?? [],
    authorizationDetails: method?.authorizationDetails ?? ofClass?.authorizationDetails ?? [],
    stepUp: method?.stepUp ?? ofClass?.stepUp,
    introspectionMaxAgeSeconds:
      method?.introspectionMaxAgeSeconds ?? ofClass?.introspectionMaxAgeSeconds,
  };
}

function methodAccess(controller: Type, handler: Handler): DeclaredAccess | undefined {
  const own = ownAccess(handler);
  if (own !== undefined) return own;
  // An override without decorators must not be more open than what it overrides.
  let prototype = Object.getPrototypeOf(controller.prototype) as object | null;
  for (; prototype !== null; prototype = Object.getPrototypeOf(prototype) as object | null) {
    const overridden = Object.getOwnPropertyDescriptor(prototype, handler.name)?.value as unknown;
    const declared = typeof overridden === 'function' ? ownAccess(overridden) : undefined;
    if (declared !== undefined) return declared;
  }
  return undefined;
}

function classAccess(controller: Type): DeclaredAccess | undefined {
  let type: object | null = controller;
  for (; type !== null; type = Object.getPrototypeOf(type) as object | null) {
    const declared = ownAccess(type);
    if (declared !== undefined) return declared;
  }
  return undefined;
}

function consistent(access: DeclaredAccess | undefined, label: string): DeclaredAccess | undefined {
  // Whatever kind a requirement is of: one that is added later must not be forgotten here.
  const isProtected = Object.entries(access ?? {}).some(
    ([kind, value]) => kind !== 'public' && value !== undefined,
  );
  if (access?.public && isProtected) {
    throw new ContradictoryAccessError(
      `${label} is @Public and protected at once: remove @Public, or the other decorators`,
    );
  }
  return access;
}
