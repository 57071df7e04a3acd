/** Orders as orders-service writes them. */

export interface OrderItem {
  readonly sku: string;
  readonly quantity: number;
  readonly unit_price_minor: number;
}

export interface Order {
  readonly id: string;
  readonly currency: string;
  readonly items: readonly OrderItem[];
  readonly created_at: string;
  /** Absent where nobody takes payments. */
  readonly payment?: { readonly status: 'unpaid' | 'pending' | 'paid' };
}

export function totalOf({ items }: Pick<Order, 'items'>): number {
  return items.reduce((sum, item) => sum + item.quantity * item.unit_price_minor, 0);
}
