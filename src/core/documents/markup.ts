/**
 * Text formats that aren't prose: a model trained on the raw file also learns its tags, quotes and commas. For tables,
 * two columns can be chosen instead.
 */
export const MARKUPS = {
  html: { one: 'HTML page', many: 'HTML pages', endings: ['html', 'htm', 'xhtml', 'shtml'] },
  xml: { one: 'XML file', many: 'XML files', endings: ['xml', 'rss', 'atom', 'svg', 'xsl', 'xsd', 'fb2', 'tei'] },
  json: { one: 'JSON file', many: 'JSON files', endings: ['json', 'geojson', 'ipynb', 'webmanifest'] },
  jsonl: { one: 'JSON Lines file', many: 'JSON Lines files', endings: ['jsonl', 'ndjson'] },
  csv: { one: 'CSV table', many: 'CSV tables', endings: ['csv'] },
  tsv: { one: 'TSV table', many: 'TSV tables', endings: ['tsv', 'tab'] },
} as const satisfies Record<string, { one: string; many: string; endings: readonly string[] }>;
export type MarkupId = keyof typeof MARKUPS;

/** Bytes at the start of a file that decide its markup. */
export const MARKUP_HEAD = 4096;

/**
 * Detects markup by the file's name or beginning; null for prose and for binary files.
 * @param head first `MARKUP_HEAD` bytes, or all there are
 */
export function markupOf(name: string, head: Uint8Array): MarkupId | null {
  const ending = /\.([^./\\]+)$/.exec(name)?.[1]?.toLowerCase() ?? '';
  const ids = Object.keys(MARKUPS) as MarkupId[];
  return (
    ids.find((id) => (MARKUPS[id].endings as readonly string[]).includes(ending)) ?? markupByContent(headText(head))
  );
}

/** Decodes the head as UTF-16 if it has a byte order mark, else as UTF-8, without errors for binary content. */
export function headText(head: Uint8Array): string {
  const [a, b] = head;
  const encoding = a === 0xff && b === 0xfe ? 'utf-16le' : a === 0xfe && b === 0xff ? 'utf-16be' : 'utf-8';
  return new TextDecoder(encoding).decode(head.subarray(0, MARKUP_HEAD));
}

function markupByContent(text: string): MarkupId | null {
  const start = text.trimStart();
  if (/^(<\?xml[^>]*>\s*)?(<!--(?:(?!-->)[^])*-->\s*)*(<!doctype html|<html|<head|<body)[\s>]/i.test(start))
    return 'html';
  if (/^<\?xml\s/i.test(start)) return 'xml';
  return detectJson(start) ?? detectTable(text);
}

/** JSON tokens; the head's last token may be cut off. https://www.rfc-editor.org/rfc/rfc8259 */
const JSON_TOKEN = /\s*(?:([{[])|([}\]])|[,:]|"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)/y;
const CUT_OFF_TOKEN = /^\s*(?:"(?:[^"\\]|\\.)*\\?|-?[\d.eE+-]*|t|tr|tru|f|fa|fal|fals|n|nu|nul)$/;

/** Detects an object or array from the first character to the head's end, or several on separate lines. */
function detectJson(text: string): 'json' | 'jsonl' | null {
  if (!/^[{[]/.test(text)) return null;
  let [depth, values] = [0, 0];
  let index = 0;
  while (index < text.length) {
    if (depth === 0 && values > 0) {
      const whitespace = /\s*/y;
      whitespace.lastIndex = index;
      const gap = whitespace.exec(text)![0];
      index += gap.length;
      if (index >= text.length) break;
      if (!gap.includes('\n') || !/[{[]/.test(text[index]!)) return null;
    }
    JSON_TOKEN.lastIndex = index;
    const token = JSON_TOKEN.exec(text);
    if (!token) return depth > 0 && CUT_OFF_TOKEN.test(text.slice(index)) ? jsonKind(values) : null;
    index += token[0].length;
    if (token[1] !== undefined) depth++;
    if (token[2] !== undefined && --depth === 0) values++;
  }
  return jsonKind(values - (depth === 0 ? 1 : 0));
}
const jsonKind = (valuesBeforeLast: number): 'json' | 'jsonl' => (valuesBeforeLast > 0 ? 'jsonl' : 'json');

/** Detects a table: all complete lines of the head have equally many separators outside of quotes, unlike in prose. */
function detectTable(text: string): 'csv' | 'tsv' | null {
  const lines = text.split(/\r?\n/).slice(0, -1);
  if (lines.length < MIN_ROWS) return null;
  for (const [separator, minCount, kind] of SEPARATORS) {
    const [firstCount = 0, ...otherCounts] = lines.map(
      (line) => line.replace(/"[^"]*"/g, '').split(separator).length - 1,
    );
    if (firstCount >= minCount && otherCounts.every((count) => count === firstCount)) return kind;
  }
  return null;
}
const MIN_ROWS = 4;
/** Separators, with the minimum number per line. */
const SEPARATORS = [
  ['\t', 1, 'tsv'],
  [',', 2, 'csv'],
  [';', 2, 'csv'],
] as const;
