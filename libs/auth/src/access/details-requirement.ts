/** What a handler wants of a token's authorization details, and whether it has it. */
import { type ExecutionContext } from '@nestjs/common';
import { type AuthorizationDetail } from '@keyward/oauth';
import { type Principal } from '../principal/principal.js';

/**
 * Whether a detail allows this very call: its amount, its account, held against the request. It decides
 * by returning `true`; anything else refuses, a throw and a promise among it.
 */
export type DetailPredicate = (detail: AuthorizationDetail, context: ExecutionContext) => boolean;

/** One detail of the type is needed that the predicate accepts. */
export interface DetailsRequirement {
  readonly type: string;
  readonly accepts: DetailPredicate | undefined;
}

/** Whether the principal has a detail for each requirement. */
export function unmetDetails(
  requirements: readonly DetailsRequirement[],
  { authorizationDetails }: Principal,
  context: ExecutionContext,
): DetailsRequirement | undefined {
  return requirements.find(
    ({ type, accepts }) =>
      !authorizationDetails.some(
        (detail) =>
          detail.type === type && (accepts === undefined || isAccepted(accepts, detail, context)),
      ),
  );
}

/** A predicate that throws has not agreed: the request is refused, and is no server error. */
function isAccepted(
  accepts: DetailPredicate,
  detail: AuthorizationDetail,
  context: ExecutionContext,
): boolean {
  try {
    return (accepts(detail, context) as unknown) === true;
  } catch {
    return false;
  }
}
