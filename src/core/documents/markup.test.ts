import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MARKUP_HEAD, MARKUPS, markupOf } from './markup';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text).subarray(0, MARKUP_HEAD);

/** Lines of words with few commas. */
const prose = fc
  .array(fc.array(fc.stringMatching(/^[A-Za-zéß’-]{1,9}$/), { minLength: 1, maxLength: 9 }), {
    minLength: 1,
    maxLength: 12,
  })
  .map((lines) => lines.map(([first, ...rest]) => [`${first},`, ...rest].join(' ')).join('\n'));

it('recognizes a file by its name, whatever it contains', () => {
  for (const [id, { endings }] of Object.entries(MARKUPS))
    for (const ending of endings) expect(markupOf(`a/b.${ending.toUpperCase()}`, utf8('Call me Ishmael.'))).toBe(id);
  for (const name of ['a.txt', 'a.md', 'json', 'html/a', 'a.html.txt'])
    expect(markupOf(name, utf8('Call me Ishmael.'))).toBeNull();
});

describe('in a file named as plain text', () => {
  const of = (text: string) => markupOf('a.txt', utf8(text));

  it('recognizes HTML and XML', () => {
    for (const page of [
      '<!DOCTYPE html>\n<p>Hi',
      '\ufeff  <html lang="en">',
      '<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "x">',
      '<!-- made by hand -->\n<html>',
    ])
      expect(of(page)).toBe('html');
    expect(of('<?xml version="1.0"?>\n<TEI>')).toBe('xml');
    expect(markupOf('a.txt', Buffer.from('\ufeff<html>', 'utf16le'))).toBe('html');
  });

  it('recognizes any JSON object or array, however it is indented, and wherever the head ends', () => {
    const some = fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.array(fc.jsonValue()));
    fc.assert(
      fc.property(some, fc.constantFrom(undefined, 2, '\t'), fc.nat(), (value, indent, at) => {
        const text = JSON.stringify(value, null, indent);
        expect(of(text)).toBe('json');
        expect(of(text.slice(0, 1 + (at % text.length)))).toBe('json');
      }),
    );
  });

  it('recognizes objects and arrays on separate lines', () => {
    const line = fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.array(fc.jsonValue()));
    fc.assert(
      fc.property(fc.array(line, { minLength: 2, maxLength: 6 }), (values) => {
        const text = values.map((value) => JSON.stringify(value)).join('\n');
        fc.pre(utf8(text.slice(0, text.indexOf('\n') + 2)).length < MARKUP_HEAD);
        expect(of(text)).toBe('jsonl');
        expect(of(`${text}\n`)).toBe('jsonl');
      }),
    );
  });

  it('recognizes tables', () => {
    const cell = fc.oneof(fc.stringMatching(/^[\w .]{0,12}$/), fc.stringMatching(/^"[\w ,;\t.]{0,12}"$/));
    fc.assert(
      fc.property(
        fc
          .integer({ min: 3, max: 8 })
          .chain((columns) =>
            fc.array(fc.array(cell, { minLength: columns, maxLength: columns }), { minLength: 4, maxLength: 9 }),
          ),
        fc.constantFrom([',', 'csv'] as const, [';', 'csv'] as const, ['\t', 'tsv'] as const),
        (rows, [separator, kind]) => {
          expect(of(rows.map((cells) => `${cells.join(separator)}\n`).join(''))).toBe(kind);
        },
      ),
    );
  });

  it('finds no markup in prose', () => {
    fc.assert(
      fc.property(prose, (text) => {
        expect(of(text)).toBeNull();
      }),
    );
    for (const text of [
      '[Illustration: a whale]\n\nCall me Ishmael.',
      '[1] Melville, H., Moby-Dick.\n[2] Ibid.',
      '{name} was here, and {name} left.',
      '[Enter Hamlet, reading.]\nPolonius. What do you read, my lord?\nHamlet. Words, words, words.\n',
      'Tyger, Tyger, burning bright,\nIn the forests of the night;\nWhat immortal hand or eye,\nCould frame thy fearful symmetry?\n',
      '<3 is a heart',
      '<!---->'.repeat(580),
      '[['.repeat(2000) + 'x',
      '',
    ])
      expect(of(text)).toBeNull();
  });
});
