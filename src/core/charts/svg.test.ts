import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chartSvg, type ChartDrawing } from './svg';

const plain: ChartDrawing = {
  title: 'Perplexity',
  caption: 'lower is better',
  width: 200,
  height: 204,
  x: { min: 0, max: 10 },
  y: { min: 1, max: 100, isLog: true },
  xTicks: () => [{ value: 5, label: '5' }],
  yTicks: () => [{ value: 10, label: '10' }],
  lines: [{ label: 'validation', x: [0, 5, 10], y: [100, null, 10], color: 'red', width: 2, hasPoints: true }],
  references: [{ value: 10, label: 'trigram 10' }],
  ink: '#000',
  quiet: '#666',
  grid: '#eee',
  paper: '#fff',
};

test('draws points at their positions on the scales, and breaks a line at a missing value', () => {
  // The plot spans 56 to 184 px across and 40 to 140 px down; 10 is the middle of the log axis from 1 to 100.
  const svg = chartSvg(plain);
  expect(svg).toContain('d="M56 40M184 90"');
  expect(svg.match(/<circle/g)).toHaveLength(2);
  expect(svg).toContain('<path d="M56 90H184" stroke="#666" stroke-dasharray="2 3"/>');
  expect(svg).toContain('>trigram 10</text>');
  expect(svg).toMatch(/<text x="120" y="158"[^>]*>5<\/text>/);
  expect(svg).toContain('>validation</text>');
});

test('left-aligns a reference label if a line ends at its right', () => {
  const at = (svg: string): string => /text-anchor="(\w+)">trigram 10</.exec(svg)![1]!;
  expect(at(chartSvg(plain))).toBe('start'); // the line ends at 10
  expect(at(chartSvg({ ...plain, lines: [{ ...plain.lines[0]!, y: [100, null, 90] }] }))).toBe('end');
});

test('wraps a long caption to two lines, and truncates it with …', () => {
  const lines = (caption: string) => [...chartSvg({ ...plain, caption }).matchAll(/y="(?:178|194)"[^>]*>([^<]*)</g)].map(([, text]) => text); // prettier-ignore
  expect(lines('short')).toEqual(['short']);
  expect(lines('one two three four five six')).toEqual(['one two three four', 'five six']);
  expect(lines('one two three four five six seven eight nine ten')).toEqual(['one two three four', 'five six seven…']);
});

test('leaves out ticks and references beyond the scales, and lines without a value', () => {
  const svg = chartSvg({
    ...plain,
    xTicks: () => [{ value: 11, label: 'eleven' }],
    references: [{ value: 101, label: 'far' }],
    lines: [{ x: [1, 2], y: [NaN, Infinity], color: 'red', width: 1 }],
  });
  expect(svg).not.toMatch(/eleven|far|NaN|Infinity|red/);
});

test('any text and values add no tag and no invalid number', () => {
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('</svg>', '<script>', '&', '"', ']]>', '\0'));
  const value = fc.oneof(fc.double(), fc.constant(null));
  fc.assert(
    fc.property(text, text, text, fc.array(fc.tuple(fc.double(), value)), (title, caption, label, points) => {
      const [x, y] = [points.map(([at]) => at), points.map(([, height]) => height)];
      const svg = chartSvg({ ...plain, title, caption, lines: [{ label, x, y, color: 'red', width: 1 }] });
      expect(svg.replaceAll(/<(\/?)(svg|title|rect|path|text|circle)\b[^<>]*>/g, '')).not.toMatch(
        /[<>\0]|NaN|Infinity/,
      );
      expect(svg.match(/<text/g)!.length).toBe(svg.match(/<\/text>/g)!.length);
    }),
  );
});
