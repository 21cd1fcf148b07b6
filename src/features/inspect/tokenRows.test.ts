import { expect, test } from 'vitest';
import { meanSurprisal, tokenCsv } from './tokenRows';

const TOKENS = [
  {
    id: 0,
    text: 'a,b',
    loss: Math.LN2,
    rank: 1,
    entropy: 2 * Math.LN2,
    alternatives: [{ id: 0, text: 'a,b', probability: 0.5 }],
  },
  { id: 1, text: 'c', loss: 3 * Math.LN2, rank: 4, entropy: 0, alternatives: [{ id: 2, text: '"', probability: 1 }] },
  { id: null, text: null, entropy: Math.LN2, alternatives: [{ id: 3, text: 'd', probability: 0.25 }] },
];

test('the CSV has bits, quotes tokens, and leaves an unknown true token empty', () => {
  expect(tokenCsv({ tokens: TOKENS }).trimEnd().split('\r\n')).toEqual([
    'index,token,surprisal_bits,rank,entropy_bits,top_token,top_probability',
    '0,"a,b",1,1,2,"a,b",0.5',
    '1,c,3,4,0,"""",1',
    '2,,,,1,d,0.25',
  ]);
});

test('the mean leaves out tokens without a true token', () => {
  expect(meanSurprisal(TOKENS)).toBeCloseTo(2, 12);
  expect(meanSurprisal(TOKENS.slice(2))).toBeUndefined();
});
