import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { nearest, Reel, type ReelSample, useReel } from './Reel';

const place = (step: number): number => step / 100;
const samples: readonly ReelSample[] = [
  [0, 'str usede'],
  [10, 'the sea of'],
  [100, 'the old sea'],
].map(([step, text]) => ({
  step: step as number,
  result: `perplexity ${step}`,
  pieces: [
    { text: 'The whale ', is: 'given' },
    { text: text as string, is: 'made' },
  ],
}));

/** Returns the reel's markup with the sample at index `first` shown; the newest by default. */
function shown(all: readonly ReelSample[], first?: number): string {
  const Shown = () => (
    <Reel samples={all} state={useReel(all.length, first)} place={place}>
      the curve
    </Reel>
  );
  return renderToStaticMarkup(<Shown />);
}
const litIn = (html: string): (string | undefined)[] =>
  [...html.matchAll(/class="[^"]*_lit_[^"]*"[^>]*>([^<]*)/g)].map(([, words]) => words);

test('shows the newest sample, and highlights the words that the previous one lacks', () => {
  const html = shown(samples);
  expect(html).toContain('aria-valuetext="Step 100, perplexity 100"');
  expect(html).toContain('changed since step 10');
  expect(litIn(html)).toEqual(['old']);
  expect(html).toMatch(/dir="auto" aria-live="off"/);
  expect(html.match(/left:\d+%/g)).toEqual(['left:0%', 'left:10%', 'left:100%']);
});

test('announces an earlier sample that the user chose, and has nothing to compare the first sample with', () => {
  const html = shown(samples, 0);
  expect(html).toContain('aria-live="polite"');
  expect(html).toContain('<b>Step 0</b>');
  expect(html).not.toContain('changed since');
  expect(litIn(html)).toEqual([]);
});

test('highlights nothing in a sample of another prompt, and compares no later samples with it', () => {
  const apart: ReelSample = { ...samples[1]!, step: 50, isApart: true };
  const all = [...samples.slice(0, 2), apart, samples[2]!];
  expect(litIn(shown(all, 2))).toEqual([]);
  expect(litIn(shown(all, 3))).toEqual(['old']);
});

test('a drag selects the nearest sample', () => {
  expect([-1, 0.04, 0.06, 0.5, 0.6, 2].map((x) => nearest(samples, place, x))).toEqual([0, 0, 1, 1, 2, 2]);
});
