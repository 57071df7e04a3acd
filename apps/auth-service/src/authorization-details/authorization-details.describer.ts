/** Says in words what authorization details ask for, on the page of consent. */
import { Injectable } from '@nestjs/common';
import { type AuthorizationDetail } from '@keyward/oauth';
import { CachedAuthorizationDetailsTypes } from './cached-authorization-details-types.js';

/** One detail, as a person reads it: everything that it says, and nothing else. */
export interface DescribedDetail {
  readonly name: string;
  readonly description: string | null;
  readonly fields: readonly { readonly label: string; readonly value: string }[];
}

@Injectable()
export class AuthorizationDetailsDescriber {
  constructor(private readonly types: CachedAuthorizationDetailsTypes) {}

  /** @throws TemporarilyUnavailableError where the types cannot be read */
  describe(details: readonly AuthorizationDetail[] = []): Promise<readonly DescribedDetail[]> {
    return Promise.all(
      details.map(async ({ type, ...members }) => {
        const known = await this.types.find(type);
        return {
          name: known?.name ?? type,
          description: known?.description ?? null,
          fields: fieldsOf(members, []),
        };
      }),
    );
  }
}

/** Every value with the way to it: a member of a member is `amount, currency`. */
function fieldsOf(value: unknown, path: readonly string[]): DescribedDetail['fields'] {
  if (typeof value !== 'object' || value === null) {
    return [{ label: path.join(', '), value: String(value) }];
  }
  if (Array.isArray(value) && value.every((one) => typeof one !== 'object')) {
    return [{ label: path.join(', '), value: value.map(String).join(', ') }];
  }
  return Object.entries(value).flatMap(([name, member]) =>
    fieldsOf(member, [...path, Array.isArray(value) ? String(Number(name) + 1) : wordsOf(name)]),
  );
}

/** `creditorName` and `creditor_name` are `creditor name`. */
function wordsOf(name: string): string {
  return name
    .replaceAll('_', ' ')
    .replace(/(?<=[a-z\d])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
