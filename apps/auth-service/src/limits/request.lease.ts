/** What this process may let through for one key before it asks again. */

/** Changed in place: it is looked at for every request. */
export interface RequestLease {
  readonly key: string;
  /** Requests that may be let through without asking. */
  credit: number;
  /** Requests that were, and that are not charged yet. */
  spent: number;
  /** Until when there is certainly no room, by the process's clock. */
  refusedUntilMs: number;
  /** Before this time credit that runs short is no reason to ask. */
  askFromMs: number;
  /** The settlement that is under way. */
  settling: Promise<void> | null;
  /** Whether it waits to be settled with others. */
  isNoted: boolean;
}

/**
 * The leases of one limit, bounded in number: two generations, of which the older goes when the
 * younger is full. A hit costs one look into a Map, and whoever is busy is always among the young.
 */
export class RequestLeases {
  private young = new Map<string, RequestLease>();
  private old = new Map<string, RequestLease>();

  /**
   * @param credit of a key that nothing is known of
   * @param maxKeys of both generations together
   */
  constructor(
    private readonly credit: number,
    private readonly maxKeys: number,
  ) {}

  of(key: string): RequestLease {
    return this.young.get(key) ?? this.admit(key);
  }

  /** Nothing is made for a key that is only asked about. */
  peek(key: string): RequestLease | undefined {
    return this.young.get(key) ?? this.old.get(key);
  }

  get size(): number {
    return this.young.size + this.old.size;
  }

  private admit(key: string): RequestLease {
    const lease = this.old.get(key) ?? this.create(key);
    if (this.young.size >= this.maxKeys / 2) {
      this.old = this.young;
      this.young = new Map();
    }
    this.old.delete(key);
    this.young.set(key, lease);
    return lease;
  }

  private create(key: string): RequestLease {
    return {
      key,
      credit: this.credit,
      spent: 0,
      refusedUntilMs: -Infinity,
      askFromMs: -Infinity,
      settling: null,
      isNoted: false,
    };
  }
}
