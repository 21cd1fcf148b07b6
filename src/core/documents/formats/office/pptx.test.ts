import { expect, test } from 'vitest';
import { presentationOf, shapeOf, TALK } from '../../../../testing/presentation';
import { readDocuments as read } from '../../../../testing/readDocuments';
import { workbookOf } from '../../../../testing/workbook';

test('reads slides in order, titles first, with tables and speaker notes', async () => {
  const { documents, notes } = await read('a.pptx', TALK);
  expect(documents).toEqual([
    {
      title: 'Loomings',
      text: 'Loomings\nCall me\nSome years ago\nA & B\n\nSpeak slowly.\n\nShip name\tMen\n\t30',
      fields: { date: '2021-11-01T00:00:00Z', language: 'en' },
    },
  ]);
  expect(notes).toEqual(['Skipped 1 hidden slide', 'Skipped 1 chart']);
  const named = presentationOf([{ shapes: shapeOf(['Aye']) }], '<dc:title>Loomings</dc:title>');
  expect((await read('a.pptx', named)).documents).toEqual([{ title: 'Loomings', text: 'Aye', fields: {} }]);
  await expect(read('a.pptx', workbookOf([]))).rejects.toThrow(
    /^a\.pptx is not a PowerPoint presentation: it has no ppt\/presentation\.xml/,
  );
});
