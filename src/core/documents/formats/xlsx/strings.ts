/** Reads a workbook's shared strings, and decodes characters that XML can't contain. */
import { badFile } from '../../../base/errors';
import { formatCount } from '../../../base/units';
import { MAX_SHARED_STRINGS } from '../../limits';
import { localName } from '../../parts';
import { XmlParser } from '../../xmlParser';

/** Returns strings in order. @param name of the file @param max code units @throws HomegrownError `bad-file` beyond */
export async function sharedStrings(
  xml: AsyncIterable<string>,
  name: string,
  max = MAX_SHARED_STRINGS,
): Promise<readonly string[]> {
  const strings: string[] = [];
  let [text, isText, phoneticDepth, characters] = ['', false, 0, 0];
  const parser = new XmlParser(
    {
      onopentag(tag) {
        const element = localName(tag);
        if (element === 'si') text = '';
        else if (element === PHONETIC_ELEMENT) phoneticDepth++;
        isText = element === 't';
      },
      ontext(piece) {
        if (isText && phoneticDepth === 0) text += piece;
      },
      onclosetag(tag) {
        const element = localName(tag);
        isText = false;
        if (element === PHONETIC_ELEMENT) phoneticDepth = Math.max(0, phoneticDepth - 1);
        if (element !== 'si') return;
        strings.push(cellText(text));
        characters += text.length;
      },
    },
    name,
  );
  for await (const piece of xml) {
    parser.write(piece);
    if (characters + text.length > max)
      throw badFile(
        `${name} has more than ${formatCount(max)} characters of text in its cells, the maximum for a workbook.`,
        'Save each sheet as CSV, and add those files.',
      );
  }
  parser.end();
  return strings;
}
/** Element with the pronunciation of a word, which is skipped. */
export const PHONETIC_ELEMENT = 'rPh';

/** Decodes characters such as `_x000D_` (ECMA-376 part 1, 22.9.2.19), and removes control characters. */
export const cellText = (text: string): string =>
  (text.includes('_x')
    ? text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
    : text
  )
    .replace(/\r\n?/g, '\n')
    .replace(/[\0-\x08\x0b\x0c\x0e-\x1f]/g, '');
