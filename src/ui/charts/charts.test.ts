import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatReading } from '../../core/base/units';
import { dialPosition, dialSize, formatSize } from '../SizeDial';
import { nearest, visibleParts, visiblePoints } from './columns';
import { alongLine, endPlaces, meet, placeReadout, referencePlaces } from './labels';
import { stepPlace } from './LossChart';
import { along, earlyPlace, earlyStep, scaleAround } from '../../core/charts/scale';
import { smooth, smoothingWindow } from './smoothing';
import { earlyTicks, linearTicks, logTicks, roundStep, timeTicks } from '../../core/charts/ticks';
import { captionOf, formatShortCount, formatSeconds, formatTick } from './words';

describe('the axis of the reel', () => {
  const training = { step: [1, 2, 3], tokens: [10, 20, 60], seconds: [1, 4, 5] };
  it('gives the first steps more room, and has an inverse', () => {
    expect(earlyPlace(20)).toBeCloseTo(Math.LN2, 12);
    for (const step of [0, 1, 100, 4000]) expect(earlyStep(earlyPlace(step))).toBeCloseTo(step, 9);
    expect(stepPlace(training, 'early', 4000)(100)).toBeCloseTo(0.3379, 4); // 33.79 % of the width in the mock
  });
  it('matches the axis of the chart, for each setting', () => {
    expect(stepPlace(training, 'step', 4)(3)).toBe(0.75);
    expect(stepPlace(training, 'tokens', 6)(2)).toBeCloseTo(20 / 120, 12);
    expect(stepPlace(training, 'time', 3)(3)).toBe(1);
    for (const axis of ['early', 'step', 'tokens', 'time'] as const)
      expect(stepPlace(training, axis, 6)(9)).toBeLessThanOrEqual(1);
  });
  it('has round ticks with a minimum distance, and the last step', () => {
    expect(earlyTicks(4000, 0.07)).toEqual([0, 10, 50, 100, 200, 500, 1000, 2000, 4000]);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.double({ min: 0.01, max: 0.5, noNaN: true }), (max, room) => {
        const places = earlyTicks(max, room).map((step) => earlyPlace(step) / earlyPlace(max));
        expect(places[0]).toBe(0);
        expect(places.at(-1)).toBe(1);
        for (const [i, place] of places.slice(1).entries()) expect(place - places[i]!).toBeGreaterThanOrEqual(room);
      }),
    );
  });
});

describe('smooth', () => {
  it('starts at the first value, not pulled to zero', () =>
    expect(smooth([7.6, 7.6, 7.6], 0.98)[0]).toBeCloseTo(7.6, 12));
  it('is the weighted mean of the past', () => {
    // By hand: (0.5 · 1 + 1 · 3) / 1.5 for weight 0.5.
    expect(smooth([1, 3], 0.5)[1]).toBeCloseTo(3.5 / 1.5, 12);
  });
  it('leaves values alone at weight 0', () => expect([...smooth([1, 5, 2], 0)]).toEqual([1, 5, 2]));
  it('skips values that are not finite', () => {
    const [first, second, third] = smooth([NaN, 2, Infinity], 0.9);
    expect(first).toBeNaN();
    expect(second).toBeCloseTo(2, 12);
    expect(third).toBeCloseTo(2, 12);
  });
  it('restarts at the given steps', () =>
    expect([...smooth([9, 9, 1, 1], 0.9, [2, 4])]).toEqual([9, 9, 1, 1].map((v) => expect.closeTo(v, 9) as number)));
  it('stays between the minimum and the maximum', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 12, noNaN: true }), { minLength: 1 }), (values) => {
        for (const mean of smooth(values, 0.98)) {
          expect(mean).toBeGreaterThanOrEqual(Math.min(...values) - 1e-9);
          expect(mean).toBeLessThanOrEqual(Math.max(...values) + 1e-9);
        }
      }),
    );
  });
  it('reaches back 50 steps at 0.98', () => expect(smoothingWindow(0.98)).toBe(50));
});

describe('ticks', () => {
  it('steps by 1, 2 or 5', () => {
    expect([roundStep(4000, 8), roundStep(10, 8), roundStep(0.09, 5)]).toEqual([500, 2, 0.02]);
  });
  it('are even on a linear axis', () => expect(linearTicks(0, 0.3, 3)).toEqual([0, 0.1, 0.2, 0.3]));
  it('are 1-2-5 on a log axis', () => expect(logTicks(40, 2600, 12)).toEqual([50, 100, 200, 500, 1000, 2000]));
  it('thin to decades if there are many', () => expect(logTicks(1, 1e6, 7)).toEqual([1, 10, 100, 1e3, 1e4, 1e5, 1e6]));
  it('skip decades if there are too many', () => {
    expect(logTicks(1, 1e9, 5)).toEqual([1, 1e2, 1e4, 1e6, 1e8]);
    expect(logTicks(1, 1e300, 8).length).toBeLessThanOrEqual(8);
  });
  it('become even inside less than a decade', () => expect(logTicks(80, 92, 8)).toEqual([80, 85, 90]));
  it('lie on round seconds and minutes', () => {
    expect(timeTicks(46, 5)).toEqual([0, 10, 20, 30, 40]);
    expect(timeTicks(600, 6)).toEqual([0, 120, 240, 360, 480, 600]);
  });
  it('stay inside the axis', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1, max: 1e4, noNaN: true }),
        fc.double({ min: 1.1, max: 1e3, noNaN: true }),
        (low, ratio) => {
          for (const tick of logTicks(low, low * ratio, 8)) {
            expect(tick).toBeGreaterThanOrEqual(low * (1 - 1e-9));
            expect(tick).toBeLessThanOrEqual(low * ratio * (1 + 1e-9));
          }
        },
      ),
    );
  });
});

describe('visiblePoints', () => {
  const x = Array.from({ length: 10_000 }, (_, i) => i);
  it('keeps a spike of one step among ten thousand', () => {
    const y = x.map((i) => (i === 5432 ? 99 : 1));
    const [xs, ys] = visiblePoints(x, y, 0, 9999, 100);
    expect(ys[xs.indexOf(5432)]).toBe(99);
    expect(xs.length).toBeLessThanOrEqual(2 * 101 + 1);
    expect([xs[0], xs.at(-1)]).toEqual([0, 9999]);
  });
  it('gives x in order, each once', () => {
    const [xs] = visiblePoints(
      x,
      x.map((i) => Math.sin(i)),
      0,
      9999,
      77,
    );
    expect(xs.every((value, i) => i === 0 || value > xs[i - 1]!)).toBe(true);
  });
  it('skips repeated steps and values that are not finite', () => {
    expect(visiblePoints([0, 1, 1, 2, 3], [5, 4, 9, NaN, 2], 0, 3, 100)).toEqual([
      [0, 1, 3],
      [5, 4, 2],
    ]);
  });
});

describe('visibleParts', () => {
  const view = { min: 0, max: 9, width: 100 };
  it('leaves a gap between two parts, and none before the first point or after the last', () => {
    expect(visibleParts([1, 2, 3, 4], [5, 6, 7, 8], [2], view)).toEqual([
      [1, 2, 2.5, 3, 4],
      [5, 6, null, 7, 8],
    ]);
    for (const starts of [[0], [4]])
      expect(visibleParts([1, 2, 3, 4], [5, 6, 7, 8], starts, view)[1]).not.toContain(null);
  });
});

it('finds the nearest value of a column', () => {
  expect([nearest([0, 100, 200], 149), nearest([0, 100, 200], 151), nearest([0, 100], -5), nearest([], 1)]).toEqual([
    1, 2, 0, -1,
  ]);
});

describe('endPlaces', () => {
  const end = { x: 80, width: 40, y: 50, isAtEnd: true };
  const only = (points: readonly { x: number; y: number }[], change: Partial<typeof end> = {}, height = 100) =>
    endPlaces([{ ...end, ...change }], height, points)[0]!.y;
  const flat = (y: number) =>
    alongLine([
      { x: 60, y },
      { x: 160, y },
    ]);
  it('is next to the end of a line, unless another line continues there', () => {
    expect(only([])).toBe(50);
    expect(only(flat(52))).toBe(37);
    expect(only(flat(44))).toBe(63);
  });
  it('is never next to an end that a forecast continues, and stays inside the plot', () => {
    expect(only([], { isAtEnd: false })).toBe(37);
    expect(only([], { y: 4 })).toBeGreaterThan(8);
  });
  it('is below the end of a curve that falls to it, and above one that rises', () => {
    const falling = alongLine([
      { x: 70, y: 12 },
      { x: 120, y: 50 },
    ]);
    expect(only(falling, { isAtEnd: false })).toBe(63);
    expect(
      only(
        falling.map(({ x, y }) => ({ x, y: 100 - y })),
        { isAtEnd: false },
      ),
    ).toBe(37);
  });
  it('covers the background of a curve rather than the curve, and neither if there is room', () => {
    const [y] = endPlaces([{ ...end, isAtEnd: false }], 76, flat(63), flat(37)).map((place) => place.y);
    expect(y).toBe(22);
    expect(endPlaces([{ ...end, isAtEnd: false }], 60, flat(63), flat(37))[0]!.y).toBe(22);
  });
  it('separates labels of lines with close ends, off all curves', () => {
    const curves = [
      ...alongLine([
        { x: 0, y: 120 },
        { x: 200, y: 150 },
      ]),
      ...alongLine([
        { x: 0, y: 125 },
        { x: 200, y: 158 },
      ]),
    ];
    const ends = [
      { x: 110, width: 82, y: 150, isAtEnd: false },
      { x: 110, width: 90, y: 158, isAtEnd: false },
    ];
    const places = endPlaces(ends, 300, curves);
    expect(meet(places[0]!, places[1]!, 16)).toBe(false);
    expect(places[0]!.y).toBeLessThan(places[1]!.y);
    for (const { x, width, y } of places)
      expect(curves.filter((at) => at.x >= x && at.x <= x + width && Math.abs(at.y - y) < 8)).toEqual([]);
  });
});
describe('meet', () => {
  const at = (y: number, x = 0) => ({ x, width: 80, y });
  it('is true for labels that would overlap', () => expect(meet(at(50), at(60, 70), 16)).toBe(true));
  it('is false for labels next to, above or below one another', () =>
    expect([meet(at(50), at(50, 80), 16), meet(at(50), at(66), 16)]).toEqual([false, false]));
});

describe('referencePlaces', () => {
  const PLOT = { width: 700, height: 300 };
  const line = (y: number) => ({ y, width: 80 });
  it('puts labels at the right, unless the label of a line end is there', () => {
    expect(referencePlaces([line(100)], PLOT, [], [])).toEqual([{ x: 612, y: 100, width: 80 }]);
    expect(referencePlaces([line(100)], PLOT, [{ x: 640, y: 108, width: 50 }], [])).toEqual([
      { x: 310, y: 100, width: 80 },
    ]);
  });
  it('keeps clear of a curve that passes between two of its points', () => {
    const curve = alongLine([
      { x: 0, y: 0 },
      { x: 700, y: 110 },
    ]);
    expect(referencePlaces([line(100)], PLOT, [], curve)).toEqual([{ x: 310, y: 100, width: 80 }]);
  });
  it('goes below its line if a curve runs along it, and back to it if the curve has left', () => {
    const along = alongLine([
      { x: 0, y: 300 },
      { x: 40, y: 14 },
      { x: 700, y: 14 },
    ]);
    const [place] = referencePlaces([line(8)], PLOT, [], along);
    expect(place).toEqual({ x: 612, y: 28, width: 80 });
    expect(along.filter(({ x, y }) => x >= 612 && x <= 692 && Math.abs(y - place!.y) < 8)).toEqual([]);
    expect(referencePlaces([line(8)], PLOT, [], along.slice(0, 40))[0]!.y).toBe(8);
  });
  it('never overlaps the labels of three lines, at any position, also on a phone', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 3 }),
        fc.constantFrom(290, 700),
        (ys, width) => {
          const places = referencePlaces(ys.map(line), { width, height: 300 }, [], []);
          for (const [i, a] of places.entries())
            for (const b of places.slice(i + 1)) expect(meet(a, b, 16)).toBe(false);
        },
      ),
    );
  });
});

describe('placeReadout', () => {
  const size = { width: 200, height: 60 };
  const plot = { width: 700, height: 400 };
  it('is right of the cursor', () => expect(placeReadout(300, size, plot, [])).toEqual({ left: 310, top: 152 }));
  it('is left of the cursor if the right has no room', () => expect(placeReadout(650, size, plot, []).left).toBe(440));
  it('never covers the newest point', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 700 }),
        fc.integer({ min: 0, max: 700 }),
        fc.integer({ min: 0, max: 400 }),
        (cursor, x, y) => {
          const { left, top } = placeReadout(cursor, size, plot, [{ x, y }]);
          expect(x > left && x < left + size.width && y > top && y < top + size.height).toBe(false);
        },
      ),
    );
  });
});

describe('scales', () => {
  it('place a value by its logarithm', () =>
    expect(along({ min: 10, max: 1000, isLog: true }, 100)).toBeCloseTo(0.5, 12));
  it('contain all values with a margin', () => {
    const scale = scaleAround([80, 2048, NaN], true);
    expect(scale.min).toBeLessThan(80);
    expect(scale.max).toBeGreaterThan(2048);
  });
  it('do not fall below zero for values that do not', () => expect(scaleAround([0.001, 1], false).min).toBe(0));
  it('have a span without values', () => expect(scaleAround([], true)).toEqual({ min: 1, max: 10, isLog: true }));
});

describe('the size dial', () => {
  it('is linear in the logarithm', () => expect(dialPosition(1e6)).toBeCloseTo(1 / 3, 12));
  it('converts sizes to positions and back', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (at) => {
        expect(dialPosition(dialSize(at))).toBeCloseTo(at, 9);
      }),
    );
  });
  it.each([
    [4.2e5, '0.42 M'],
    [2.19e6, '2.19 M'],
    [3.4e7, '34.0 M'],
    [1e8, '100 M'],
    [2.02e9, '2.02 B'],
  ])('writes %d', (size, text) => expect(formatSize(size)).toBe(text));
});

describe('words', () => {
  it('format counts and times for people', () => {
    expect([formatShortCount(4.3e6), formatShortCount(380_000), formatShortCount(2048)]).toEqual([
      '4.30 M',
      '380 k',
      '2,048',
    ]);
    expect([formatTick(5e5), formatTick(2.5e6), formatTick(2000)]).toEqual(['500 k', '2.5 M', '2,000']);
    expect([formatSeconds(46), formatSeconds(70), formatSeconds(120), formatSeconds(7500)]).toEqual([
      '46 s',
      '1 min 10 s',
      '2 min',
      '2 h 5 min',
    ]);
  });
  it('caption a run', () => {
    const story = {
      x: 'step' as const,
      name: 'perplexity',
      validation: { at: 2600, value: 85.4, before: 92.1 },
      training: { value: 49.5, window: 50 },
      references: [
        { label: 'uniform', value: 2048 },
        { label: 'unigram', value: 607 },
        { label: 'bigram', value: 112 },
        { label: 'trigram', value: 85.1 },
      ],
    };
    expect(captionOf({ ...story, isUndone: false })).toBe(
      'Validation perplexity 85.4 at step 2,600, down from 92.1; training 49.5, smoothed over 50 steps. Reference lines: uniform 2,048, unigram 607, bigram 112, trigram 85.1',
    );
    expect(captionOf({ ...story, isUndone: true })).toBe(
      'Validation perplexity 85.4 at step 2,600, the latest checkpoint; later steps were undone',
    );
  });
  it.each([
    [[0.206], ''],
    [[0.261, 0.206], ', down from 0.261'],
    [[0.206, 0.261], ', up from 0.206'],
    [[9, 0.206, 0.261], ', up from 0.206'],
    [[0.2061, 0.2063], ', as before'],
    [[0.206, Infinity], ', up from 0.206'],
  ])('caption the newest of %j as it is drawn: "%s"', (values, words) => {
    const validation = { at: 2600, value: values.at(-1)!, before: values.at(-2) };
    const caption = captionOf({ x: 'step', name: 'loss', validation, references: [], isUndone: false });
    expect(caption).toBe(`Validation loss ${formatReading(values.at(-1)!)} at step 2,600${words}`);
  });
  it('caption a run that has not started', () =>
    expect(captionOf({ x: 'step', name: 'perplexity', references: [], isUndone: false })).toBe(
      'No step evaluated yet',
    ));
});
