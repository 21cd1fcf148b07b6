import fc from 'fast-check';
import { expect, test } from 'vitest';
import { blocks, plain, table } from './markdown';

test("a document of ours is parsed into its original blocks, with people's words unchanged", () => {
  const source = `---\nname: x\n---\n\n# Title &#35;1\n\nA \`word\`.\n\n\`\`\`sh\necho "a\n\nb"\n\`\`\`\n\n${table([['1', plain('a|b <i>')]])}\n`;
  expect(blocks(source)).toEqual([
    { kind: 'heading', level: 1, text: 'Title #1' },
    { kind: 'paragraph', text: 'A word.' },
    { kind: 'code', text: 'echo "a\n\nb"' },
    { kind: 'table', head: ['Setting', 'Value'], rows: [['1', 'a|b <i>']] },
  ]);
});

test('no name escapes its table cell', () => {
  const name = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => /^\S(.*\S)?$/.test(plain(text)));
  fc.assert(
    fc.property(name, (text) => {
      const [only, ...more] = blocks(table([[plain(text), 'b']]));
      expect(more).toEqual([]);
      expect(only).toMatchObject({ kind: 'table', rows: [[expect.any(String), 'b']] });
    }),
  );
});
