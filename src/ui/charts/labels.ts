/** Where words go in a plot. All lengths in CSS px. */

export interface Label {
  /** Left edge and width. */
  x: number;
  width: number;
  /** Middle. */
  y: number;
}

/** Whether one stands above, below or on the other. */
const isInColumn = (a: Label, b: Label): boolean => a.x < b.x + b.width && b.x < a.x + a.width;
/** Whether they would stand closer than `gap`. */
export const meet = (a: Label, b: Label, gap: number): boolean => isInColumn(a, b) && Math.abs(a.y - b.y) < gap;

/** New middles, in the given order: labels whose widths meet stand at least `gap` apart and inside [0, height]. */
export function pushApart(labels: readonly Label[], gap: number, height: number): number[] {
  const order = labels.map((_, index) => index).sort((a, b) => labels[a]!.y - labels[b]!.y);
  const y = labels.map((label) => Math.min(height, Math.max(0, label.y)));
  const lowest = height - gap / 2;
  for (let i = 0; i < order.length; i++) {
    for (let j = 0; j < i; j++) {
      const [above, here] = [order[j]!, order[i]!];
      if (isInColumn(labels[above]!, labels[here]!)) y[here] = Math.max(y[here]!, y[above]! + gap);
    }
  }
  for (let i = order.length - 1; i >= 0; i--) {
    const here = order[i]!;
    y[here] = Math.min(y[here]!, lowest);
    for (let j = order.length - 1; j > i; j--) {
      const below = order[j]!;
      if (isInColumn(labels[below]!, labels[here]!)) y[here] = Math.min(y[here], y[below]! - gap);
    }
  }
  return y;
}

/** Which of several places for words has the fewest points of curves on it; of equal ones the first. `half`: of a line's height. */
export function clearest(places: readonly Label[], points: readonly { x: number; y: number }[], half: number): number {
  const covered = places.map(
    ({ x, width, y }) => points.filter((at) => at.x >= x && at.x <= x + width && Math.abs(at.y - y) < half).length,
  );
  return covered.indexOf(Math.min(...covered));
}

/** px from a line's end to the middle of words above or below it: as near as no curve passes through them. */
const DISTANCES = [13, 20, 28, 38, 50, 64];
/** px that words take of the height. */
const LINE = 16;

/** Where the words of a line's end stand: beside it where they may, else above or below it, where no curve passes, or the fewest. */
export function endPlace(
  end: Label,
  mayStandBeside: boolean,
  height: number,
  points: readonly { x: number; y: number }[],
): Label {
  const away = [...(mayStandBeside ? [0] : []), ...DISTANCES.flatMap((distance) => [-distance, distance])];
  const places = away.map((distance) => ({ ...end, y: end.y + distance }));
  const inside = places.filter(({ y }) => y > LINE / 2 && y < height - LINE / 2);
  return inside[clearest(inside, points, LINE / 2)] ?? places[0]!;
}

/** px from the sides of the plot to the words of a reference line. */
const SIDE = 8;
/** A curve under words is better than other words. */
const WORDS_COST = 1000;

/**
 * Where the words of horizontal lines stand: on the line at the right, in the middle or at the left, where they cover no other words
 * and the fewest points of curves. Of equal places the first.
 * @param taken places of other words
 * @param points of curves, close enough to each other that none passes words unseen
 */
export function referencePlaces(
  lines: readonly Pick<Label, 'y' | 'width'>[],
  width: number,
  taken: readonly Label[],
  points: readonly { x: number; y: number }[],
): readonly Label[] {
  const all = [...taken];
  return lines.map(({ y, width: words }) => {
    const places = [width - SIDE - words, (width - words) / 2, SIDE].map((x) => ({ x, width: words, y }));
    const costs = places.map(
      (place) =>
        WORDS_COST * all.filter((other) => meet(other, place, LINE)).length +
        points.filter((at) => at.x >= place.x && at.x <= place.x + words && Math.abs(at.y - y) < LINE / 2).length,
    );
    const best = places[costs.indexOf(Math.min(...costs))]!;
    all.push(best);
    return best;
  });
}

/** px between two points of `alongLine`, at most. */
const POINT_EVERY = 6;

/** Points on the straight lines between points, close to each other. */
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

export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}
const AWAY = 10;
/** Free space around the newest point. */
const CLEAR = 12;

/**
 * Top left of the cursor's readout: right of the cursor, else left of it; at 38 % of the height, else below or above,
 * so that it never covers the newest point of a line.
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
