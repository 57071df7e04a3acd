/** Asks the issuer of a token about it, and makes of the answer what a verifier answers. */
import { IntrospectionUnavailableError } from '../access-token/refusal.js';
import { type Principal } from '../principal/principal.js';
import { type Trust } from '../trust/trust.js';
import { type Trusts } from '../trust/trusts.js';
import { admitOpaqueToken, confirmPrincipal } from './introspected-token.js';

const NOT_SET = 'the trust has no `introspection`';

/** Of a fixed set of trusts. */
export class IssuerInquiry {
  constructor(
    private readonly trusts: Trusts,
    private readonly clock: () => number,
  ) {}

  /**
   * The principal of an opaque token.
   *
   * @param maxAgeSeconds how old the issuer's word may be. Default: as old as the trust keeps it
   * @throws IntrospectionUnavailableError where the issuer cannot be asked
   */
  admit(token: string, trust: Trust, maxAgeSeconds?: number): Principal | Promise<Principal> {
    const answer = trust.introspection?.introspect(token, maxAgeSeconds);
    if (answer === undefined) throw new IntrospectionUnavailableError(trust.issuer, NOT_SET, 60);
    if (!(answer instanceof Promise)) return admitOpaqueToken(token, answer, trust, this.clock());
    return answer.then((given) => admitOpaqueToken(token, given, trust, this.clock()));
  }

  /**
   * The principal of a JWT that was found good here, as far as its issuer still vouches for it.
   *
   * @param signed the token, or what was encrypted in it
   * @throws IntrospectionUnavailableError where the issuer cannot be asked
   */
  async confirm(signed: string, principal: Principal, maxAgeSeconds: number): Promise<Principal> {
    const trust = this.trusts.get(principal.issuer);
    const answer = await trust?.introspection?.introspect(signed, maxAgeSeconds);
    if (trust === undefined || answer === undefined) {
      throw new IntrospectionUnavailableError(principal.issuer, NOT_SET, 60);
    }
    return confirmPrincipal(principal, answer, trust, this.clock());
  }
}
