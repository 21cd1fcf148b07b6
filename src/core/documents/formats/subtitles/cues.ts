/** Subtitles: blocks of lines below a line with two times. */
import { badFile } from '../../../base/errors';
import { counted } from '../../../base/units';
import { MAX_TEXT_FILE_BYTES } from '../../limits';
import { pageText } from '../../markupText';
import type { FoundDocument, OpenFile } from '../format';
import { readAllText } from '../../readAll';

/** Extracts the spoken lines without numbers, times and styles, with the speaker's name before them. */
export async function cuesOf(file: OpenFile): Promise<FoundDocument> {
  const lines = (await readAllText(file, MAX_TEXT_FILE_BYTES)).split(/\r\n?|\n/);
  const said: string[] = [];
  let isCue = false;
  let cues = 0;
  for (const line of lines) {
    if (TIMES.test(line)) {
      isCue = true;
      cues++;
    } else if (line.trim() === '') isCue = false;
    else if (isCue) {
      const words = spoken(line);
      if (words !== '') said.push(words);
    }
  }
  if (cues === 0)
    throw badFile(
      `${file.name} has no subtitle times such as 00:01:02.000 --> 00:01:04.000 in its ${counted(lines.length, 'line')}.`,
      'It may be cut off. If it is plain text, rename it to end in .txt.',
    );
  return { text: said.join('\n') };
}

/** SubRip has a comma before milliseconds; WebVTT has a dot, and may omit hours. https://www.w3.org/TR/webvtt1/ */
const TIMES = /^\s*(?:\d+:)?\d{1,2}:\d{2}[,.]\d{1,3}\s*-->\s*(?:\d+:)?\d{1,2}:\d{2}[,.]\d{1,3}(?:\s|$)/;

function spoken(line: string): string {
  const named = line
    .replace(/<(?:\d+:)?\d\d:\d\d\.\d{3}>/g, '') // Timestamps within a line.
    .replace(/<v(?:\.[^\s<>]*)?\s([^<>]+)>/g, (_, name: string) => `${name.trim()}: `);
  return pageText(named.replace(/\{\\[^{}]*\}/g, '')).text;
}
