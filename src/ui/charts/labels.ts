/** Label placement in a plot. All lengths in CSS px. */

interface Label {
  /** Left edge and width. */
  x: number;
  width: number;
  /** Vertical center. */
  y: number;
}

/** Whether the labels overlap horizontally. */
const isInColumn = (a: Label, b: Label): boolean => a.x < b.x + b.width && b.x < a.x + a.width;
/** Whether the labels overlap horizontally and their centers are closer than `gap` vertically. */
export const meet = (a: Label, b: Label, gap: number): boolean => isInColumn(a, b) && Math.abs(a.y - b.y) < gap;

/** Candidate distances in px from a line's end to the center of a label above or below it, nearest first. */
const DISTANCES = [13, 20, 28, 38, 50, 64];
/** Costs of overlapping another label, of breaking the order of ends, and of covering a curve's point. */
const [WORDS_COST, ORDER_COST, CURVE_COST] = [1_000_000, 500_000, 1000];
/** Costs of covering a point of a faint or dotted line, and of each px from the line's end. */
const [FAINT_COST, FAR_COST] = [40, 15];
/** Height of a label in px. */
const LINE = 16;

/** Line end that gets a label. */
interface LineEnd extends Label {
  /** Whether the label fits next to the end, at its height. */
  isAtEnd: boolean;
}

/**
 * Places the labels of line ends: next to an end if possible, else above or below it, with the fewest overlaps of
 * labels and curves. The highest end chooses first.
 * @param points of curves, spaced closely enough to detect each overlap
 * @param faint background curves, which labels may cover if they must
 * @param dotted reference lines, which labels cover rather than be far from their end
 */
export function endPlaces(
  ends: readonly LineEnd[],
  height: number,
  points: readonly Point[],
  faint: readonly Point[] = [],
  dotted: readonly Point[] = [],
): readonly Label[] {
  const found: Label[] = [];
  const order = ends.map((_, index) => index).sort((a, b) => ends[a]!.y - ends[b]!.y);
  for (const index of order) {
    const { isAtEnd, ...end } = ends[index]!;
    const away = [...(isAtEnd ? [0] : []), ...DISTANCES.flatMap((distance) => [-distance, distance])];
    const places = away
      .map((distance) => ({ ...end, y: end.y + distance }))
      .filter(({ y }) => y > LINE / 2 && y < height - LINE / 2);
    const taken = Object.values(found);
    const costs = places.map(
      (place) =>
        WORDS_COST * taken.filter((other) => meet(other, place, LINE)).length +
        ORDER_COST * taken.filter((other) => other.y > place.y).length +
        CURVE_COST * coveredBy(place, points) +
        FAINT_COST * (coveredBy(place, dotted) + coveredBy(place, faint)) +
        FAR_COST * Math.abs(place.y - end.y),
    );
    found[index] = places[costs.indexOf(Math.min(...costs))] ?? end;
  }
  return found;
}
type Point = { x: number; y: number };
const coveredBy = ({ x, width, y }: Label, points: readonly Point[]): number =>
  points.filter((at) => at.x >= x && at.x <= x + width && Math.abs(at.y - y) < LINE / 2).length;

/** Distance in px from the sides of the plot to the label of a reference line. */
const SIDE = 8;

/** Cost of being on another reference line, which the label could be taken for. */
const OTHER_LINE_COST = 200;

/**
 * Places the labels of horizontal lines at the right, in the middle or at the left: on their line, or near it if curves
 * leave no room. They cover no other labels and the fewest points of curves; ties go to the nearest place, then the
 * first.
 * @param taken places of other labels
 * @param points of curves, spaced closely enough to detect each overlap
 */
export function referencePlaces(
  lines: readonly Pick<Label, 'y' | 'width'>[],
  { width, height }: { width: number; height: number },
  taken: readonly Label[],
  points: readonly { x: number; y: number }[],
): readonly Label[] {
  const all = [...taken];
  return lines.map(({ y, width: words }) => {
    const xs = [width - SIDE - words, (width - words) / 2, SIDE];
    const near = DISTANCES.flatMap((distance) => [y - distance, y + distance]).filter(
      (at) => at > LINE / 2 && at < height - LINE / 2,
    );
    const places = [y, ...near].flatMap((at) => xs.map((x) => ({ x, width: words, y: at })));
    const costs = places.map(
      (place) =>
        WORDS_COST * all.filter((other) => meet(other, place, LINE)).length +
        CURVE_COST * coveredBy(place, points) +
        OTHER_LINE_COST * lines.filter((other) => other.y !== y && Math.abs(other.y - place.y) < LINE / 2).length +
        Math.abs(place.y - y),
    );
    const best = places[costs.indexOf(Math.min(...costs))]!;
    all.push(best);
    return best;
  });
}

/** Maximum distance in px between two points of `alongLine`. */
const POINT_EVERY = 6;

/** Interpolates closely spaced points on the lines between points. */
export function alongLine(points: readonly { x: number; y: number }[]): { x: number; y: number }[] {
  return points.flatMap((to, i) => {
    const from = points[i - 1];
    if (!from) return [to];
    const steps = Math.max(1, Math.ceil(Math.max(Math.abs(to.x - from.x), Math.abs(to.y - from.y)) / POINT_EVERY));
    if (!Number.isFinite(steps)) return [to];
    return Array.from({ length: steps }, (_, k) => ({
      x: from.x + ((to.x - from.x) * (k + 1)) / steps,
      y: from.y + ((to.y - from.y) * (k + 1)) / steps,
    }));
  });
}

interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}
const AWAY = 10;
/** Margin around the newest point in px. */
const CLEAR = 12;

/**
 * Returns the top left of the cursor's readout: right of the cursor, else left of it; at 38 % of the height, else at
 * the top or the bottom, to avoid the newest points of lines.
 */
export function placeReadout(
  cursor: number,
  size: { width: number; height: number },
  plot: { width: number; height: number },
  newest: readonly { x: number; y: number }[],
): { left: number; top: number } {
  const sides = [cursor + AWAY, cursor - AWAY - size.width].filter(
    (left) => left >= 0 && left + size.width <= plot.width,
  );
  const lefts = sides.length > 0 ? sides : [Math.max(0, Math.min(plot.width - size.width, cursor + AWAY))];
  const room = Math.max(0, plot.height - size.height);
  const tops = [0.38 * plot.height, 0, room].map((top) => Math.min(room, top));
  for (const top of tops) {
    for (const left of lefts) {
      if (!newest.some((point) => covers({ left, top, ...size }, point))) return { left, top };
    }
  }
  return { left: lefts[0]!, top: tops[0]! };
}
const covers = (box: Box, { x, y }: { x: number; y: number }): boolean =>
  x > box.left - CLEAR && x < box.left + box.width + CLEAR && y > box.top - CLEAR && y < box.top + box.height + CLEAR;
