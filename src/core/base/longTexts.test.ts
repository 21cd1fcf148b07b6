import { expect, test } from 'vitest';
import { fittingContext, longEvidence, longJudgement, longTexts } from './longTexts';

test("counts the texts that don't fit, and proposes a context for all", () => {
  const long = longTexts([10, 190, 191, 400], 190)!;
  expect(long).toEqual({ of: 4, texts: 2, room: 190, longest: 400 });
  expect(`${longJudgement(long)}. ${longEvidence(long)}`).toBe("2 texts don't fit. Read to 190 tokens, rest cut");
  expect(longJudgement({ texts: 1 })).toBe("1 text doesn't fit");
  // Two special tokens surround a text.
  expect(fittingContext(long, 192)).toBe(448);
  expect(fittingContext({ room: 190, longest: 446 }, 192)).toBe(448);
  expect(fittingContext({ room: 190, longest: 447 }, 192)).toBe(512);
  expect(longTexts([10, 190], 190)).toBeUndefined();
});

test('proposes no context beyond the maximum', () => {
  expect(fittingContext({ room: 190, longest: 2046 }, 192)).toBe(2048);
  expect(fittingContext({ room: 190, longest: 2047 }, 192)).toBeUndefined();
});
