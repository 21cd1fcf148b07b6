import fc from 'fast-check';
import { expect, it } from 'vitest';
import { unwatched } from '../base/job';
import { MAX_PRE_TOKEN, preTokenEnd, preTokens } from './split';
import { awkwardText, collect, cutAnywhere, stream } from '../../testing/texts';
import { propertyRuns } from '../../testing/propertyRuns';

const PATTERN = /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu;

it("splits like GPT-2's pattern", () => {
  fc.assert(
    fc.property(awkwardText, (text) => {
      expect(split(text)).toEqual(text.match(PATTERN) ?? []);
    }),
    { numRuns: propertyRuns(2000) },
  );
});

it('splits a text in pieces like the whole text', async () => {
  await fc.assert(
    fc.asyncProperty(cutAnywhere, async ({ text, pieces }) => {
      expect(await preTokensOf(pieces)).toEqual(split(text));
    }),
    { numRuns: propertyRuns(500) },
  );
});

it('cuts runs without a break at a fixed length, whole or in pieces, never inside a surrogate pair', async () => {
  for (const unit of ['a', ' ', '𝒜', '!', '\u{1f600}']) {
    const text = `x${unit.repeat(200_000)}x 𝒜`;
    const whole = split(text);
    expect(whole.join('')).toBe(text);
    expect(whole.every((word) => word.length <= MAX_PRE_TOKEN && word.isWellFormed())).toBe(true);
    expect(whole.length).toBeLessThan(12);
    expect(await preTokensOf([text.slice(0, 66_001), text.slice(66_001, 200_001), text.slice(200_001)])).toEqual(whole);
  }
});

it('stops on abort', async () => {
  const stop = new AbortController();
  const endless = async function* () {
    for (;;) yield await Promise.resolve('word '.repeat(1000));
  };
  let batches = 0;
  await expect(
    (async () => {
      for await (const _ of preTokens(endless(), { signal: stop.signal })) if (++batches === 3) stop.abort();
    })(),
  ).rejects.toThrow('abort');
  expect(batches).toBe(3);
});

function split(text: string): string[] {
  const words: string[] = [];
  for (let start = 0; start < text.length;) {
    const end = preTokenEnd(text, start);
    words.push(text.slice(start, end));
    start = end;
  }
  return words;
}

const preTokensOf = async (pieces: readonly string[]): Promise<string[]> =>
  (await collect(preTokens(stream(pieces), unwatched))).flat();
