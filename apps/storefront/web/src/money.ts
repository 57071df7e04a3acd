/** Shows amounts: the services count in cents. */
const euros = new Intl.NumberFormat('en-IE', { style: 'currency', currency: 'EUR' });

export function showMoney(minor: number, currency: string): string {
  if (currency === 'EUR') return euros.format(minor / 100);
  return new Intl.NumberFormat('en-IE', { style: 'currency', currency }).format(minor / 100);
}
