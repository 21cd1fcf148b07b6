/** Subtitles: blocks of lines below a line with two times. */
import { badFile } from '../../../base/errors';
import { counted } from '../../../base/units';
import { MAX_TEXT_FILE_BYTES } from '../../limits';
import { pageText } from '../../markupText';
import type { FoundDocument, OpenFile } from '../format';
import { readAllText } from '../../readAll';

/** Extracts the spoken lines without numbers, times and styles, with the speaker's name before them. */
export async function readCues(file: OpenFile): Promise<FoundDocument> {
  const lines = (await readAllText(file, MAX_TEXT_FILE_BYTES)).split(/\r\n?|\n/);
  const spokenLines: string[] = [];
  let isCue = false;
  let cueCount = 0;
  for (const line of lines) {
    if (CUE_TIMES.test(line)) {
      isCue = true;
      cueCount++;
    } else if (line.trim() === '') isCue = false;
    else if (isCue) {
      const spokenText = textOfLine(line);
      if (spokenText !== '') spokenLines.push(spokenText);
    }
  }
  if (cueCount === 0)
    throw badFile(
      `${file.name} has no subtitle times such as 00:01:02.000 --> 00:01:04.000 in its ${counted(lines.length, 'line')}.`,
      'It may be cut off. If it is plain text, rename it to end in .txt.',
    );
  return { text: spokenLines.join('\n') };
}

/** SubRip has a comma before milliseconds; WebVTT has a dot, and may omit hours. https://www.w3.org/TR/webvtt1/ */
const CUE_TIMES = /^\s*(?:\d+:)?\d{1,2}:\d{2}[,.]\d{1,3}\s*-->\s*(?:\d+:)?\d{1,2}:\d{2}[,.]\d{1,3}(?:\s|$)/;

function textOfLine(line: string): string {
  const withSpeaker = line
    .replace(/<(?:\d+:)?\d\d:\d\d\.\d{3}>/g, '') // Timestamps within a line.
    .replace(/<v(?:\.[^\s<>]*)?\s([^<>]+)>/g, (_, name: string) => `${name.trim()}: `);
  return pageText(withSpeaker.replace(/\{\\[^{}]*\}/g, '')).text;
}
