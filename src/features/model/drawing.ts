/** Where each part of an architecture's picture is drawn: pixels, from 0 at the bottom up to -height. */
import type { Piece, Stack } from '../../core/models/picture';

export interface Drawing {
  height: number;
  /** In order of the data. */
  boxes: { piece: Piece; top: number; height: number; size?: readonly [rows: number, columns: number] }[];
  wires: Span[];
  /** Where a branch leaves the stream and where it is added. */
  branches: Span[];
  frames: { top: number; bottom: number; times: number; name?: string }[];
  words: { y: number; text: string }[];
}
interface Span {
  from: number;
  to: number;
}

export const WIDTH = 276;
/** Of the boxes; the middle of them, where the data flow; and the stream beside them. */
export const LEFT = 50;
export const MIDDLE = 130;
export const STREAM = 36;
const [GAP, WIDE_GAP, LINE] = [12, 18, 16];
/** A line, or two where there is more to say than a name. */
const heightOf = ({ isNorm, detail }: Piece): number => (isNorm ? 22 : detail === undefined ? 30 : 40);

/** Stacks one above the other: what is read is below its reader. */
export function draw(stacks: readonly Stack[]): Drawing {
  const drawing: Drawing = { height: 0, boxes: [], wires: [], branches: [], frames: [], words: [] };
  let y = 0;
  const say = (text: string): void => {
    drawing.words.push({ y: y - 4, text });
    y -= LINE;
  };
  const wire = (length: number): void => {
    drawing.wires.push({ from: y, to: y - length });
    y -= length;
  };
  const box = (piece: Piece, rows: number): void => {
    wire(GAP);
    const height = heightOf(piece);
    y -= height;
    const size = piece.columns !== undefined && ([rows, piece.columns] as const);
    drawing.boxes.push({ piece, top: y, height, ...(size && { size }) });
    if (size) wire(WIDE_GAP - GAP);
  };
  for (const { name, rows, from, before, blocks, after, to } of stacks) {
    if (y < 0) y -= GAP;
    say(from);
    for (const piece of before) box(piece, rows);
    wire(GAP);
    const bottom = y;
    for (const { pieces, after: normed = [] } of blocks.branches) {
      wire(GAP / 2);
      const left = y;
      for (const piece of pieces) box(piece, rows);
      wire(GAP);
      drawing.branches.push({ from: left, to: y });
      for (const piece of normed) box(piece, rows);
    }
    wire(GAP);
    drawing.frames.push({ top: y, bottom, times: blocks.times, ...(name !== undefined && { name }) });
    for (const piece of after) box(piece, rows);
    wire(GAP);
    say(to);
  }
  drawing.height = LINE / 4 - y;
  return drawing;
}
