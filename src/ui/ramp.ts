/** Selection and shading of the cells of a large table. */

/** Places of the `max` items for which `of` is smallest, in the order of the items. */
export const leastOf = (count: number, max: number, of: (place: number) => number): readonly number[] =>
  Array.from({ length: count }, (_, place) => place)
    .sort((a, b) => of(a) - of(b))
    .slice(0, max)
    .sort((a, b) => a - b);

/** Step of the color ramp for a share of a row: 0 for none, 5 for all. */
export const rampOf = (share: number): number => (share === 0 ? 0 : Math.min(5, 1 + Math.floor(share * 5)));
