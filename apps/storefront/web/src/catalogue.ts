/** What the shop sells. */

export interface Product {
  readonly sku: string;
  readonly name: string;
  readonly about: string;
  readonly priceMinor: number;
  /** File in /products. */
  readonly picture: string;
}

export const CATALOGUE: readonly Product[] = [
  {
    sku: 'PADLOCK-40',
    name: 'Brass padlock',
    about: '40 mm, two keys. For sheds and lockers.',
    priceMinor: 1450,
    picture: 'padlock.svg',
  },
  {
    sku: 'KEYBOX-3',
    name: 'Key box',
    about: 'Three dials, room for five keys.',
    priceMinor: 3290,
    picture: 'keybox.svg',
  },
  {
    sku: 'LANTERN-1',
    name: 'Quay lantern',
    about: 'Galvanised, warm white, for outside.',
    priceMinor: 6400,
    picture: 'lantern.svg',
  },
  {
    sku: 'SAFE-25',
    name: 'Wall safe',
    about: '25 litres, tested for an hour of fire.',
    priceMinor: 28900,
    picture: 'safe.svg',
  },
];

/** The name of a product; its number where the shop no longer sells it. */
export function nameOf(sku: string): string {
  return CATALOGUE.find((product) => product.sku === sku)?.name ?? sku;
}
