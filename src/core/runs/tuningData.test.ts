import { expect, test } from 'vitest';
import { tunedAs } from '../documents/record';
import { PURPOSES } from './tuning';
import { noTuningData, TUNING_DATA } from './tuningData';

test('each purpose trains on texts of its own use, and a start without them says what to add', () => {
  const texts = [{}, { conversations: true }, { labelled: 'one' }] as const;
  expect(PURPOSES.map((purpose) => TUNING_DATA[purpose].use)).toEqual(texts.map((text) => tunedAs(text)));
  for (const purpose of PURPOSES) {
    expect(noTuningData(purpose)).toMatchObject({ message: 'There is no data to fine-tune on.' });
    expect(noTuningData(purpose).remedy).toBe(`Nothing was started. ${TUNING_DATA[purpose].remedy}`);
  }
});
