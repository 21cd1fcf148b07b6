/** Splits a mailbox into messages, one at a time: mbox by RFC 4155, also with lines quoted as in mboxrd. */
import { concatBytes } from '../../../base/concat';
import { MAX_MESSAGE_BYTES } from '../../limits';

/** Yields each message, or null for one that is too large. Yields nothing if the file isn't a mailbox. */
export async function* messagesIn(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array | null> {
  const message = new MessageBuffer();
  /** Start of an unfinished line; whether its start was already consumed; and whether the line before was blank. */
  let [lineStart, isMidLine, wasBlank] = [new Uint8Array() as Uint8Array, false, true];
  let hasSeparator = false;
  for await (const piece of withLineEnd(bytes)) {
    const data = lineStart.length === 0 ? piece : concatBytes([lineStart, piece]);
    let [lineOffset, copiedTo] = [0, 0];
    for (let end = data.indexOf(LF); end >= 0; end = data.indexOf(LF, lineOffset)) {
      const line = data.subarray(lineOffset, end);
      if (!isMidLine && wasBlank && isSeparator(line)) {
        message.add(data.subarray(copiedTo, lineOffset));
        if (hasSeparator) yield message.take();
        hasSeparator = true;
        copiedTo = end + 1;
      } else if (!hasSeparator) return;
      else if (!isMidLine && QUOTED.test(latin1(line.subarray(0, 32)))) {
        message.add(data.subarray(copiedTo, lineOffset));
        copiedTo = lineOffset + 1;
      }
      wasBlank = !isMidLine && (line.length === 0 || (line.length === 1 && line[0] === CR));
      isMidLine = false;
      lineOffset = end + 1;
    }
    const isLong = data.length - lineOffset > MAX_SEPARATOR_LENGTH;
    if (isLong && !hasSeparator) return;
    message.add(data.subarray(copiedTo, isLong ? data.length : lineOffset));
    lineStart = isLong ? new Uint8Array() : data.slice(lineOffset);
    isMidLine ||= isLong;
  }
  if (hasSeparator) yield message.take();
}

/** Appends a line end. */
async function* withLineEnd(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* bytes;
  yield Uint8Array.of(LF);
}

class MessageBuffer {
  private pieces: Uint8Array[] = [];
  private length = 0;

  add(piece: Uint8Array): void {
    this.length += piece.length;
    if (this.length > MAX_MESSAGE_BYTES) this.pieces = [];
    else if (piece.length > 0) this.pieces.push(piece.slice());
  }

  take(): Uint8Array | null {
    const [pieces, length] = [this.pieces, this.length];
    [this.pieces, this.length] = [[], 0];
    return length > MAX_MESSAGE_BYTES ? null : concatBytes(pieces);
  }
}

/** Matches `From`, the sender and the time of delivery; some programs omit both. */
const isSeparator = (line: Uint8Array): boolean =>
  line[0] === 0x46 && /^From (?:\S.*\d:\d\d|-? ?\r?$)/.test(latin1(line.subarray(0, MAX_SEPARATOR_LENGTH)));
const QUOTED = /^>+From /;
const latin1 = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

const [LF, CR] = [10, 13];
const MAX_SEPARATOR_LENGTH = 1000;
