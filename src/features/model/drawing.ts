/** Layout of an architecture diagram: pixels, from 0 at the bottom up to -height. */
import type { Piece, Stack } from '../../core/models/picture';

export interface Drawing {
  height: number;
  /** Boxes in the order of the data flow. */
  boxes: {
    piece: Piece;
    lines: readonly string[];
    top: number;
    height: number;
    size?: readonly [rows: number, columns: number];
  }[];
  wires: Span[];
  /** Where each branch leaves the residual stream, and where it is added back. */
  branches: Span[];
  frames: { top: number; bottom: number; times: number; name?: string }[];
  labels: { y: number; text: string }[];
}
interface Span {
  from: number;
  to: number;
}

export const WIDTH = 276;
/** X coordinates of the boxes, of their center line where data flows, and of the residual stream next to them. */
export const LEFT = 50;
export const MIDDLE = 130;
export const STREAM = 36;
const [GAP, WIDE_GAP] = [12, 18];
/** Height of a line of text. */
export const LINE = 16;
/** Maximum number of characters in one line of a box, in the small size. */
export const MAX_LINE_CHARACTERS = 26;
/** Height of a box with a name, and below it the lines of details. */
const boxHeight = ({ isNorm }: Piece, lines: number): number => (isNorm ? 22 : lines === 0 ? 30 : 24 + LINE * lines);

/** Splits the details at commas into lines that fit a box. */
function detailLines({ detail }: Piece): string[] {
  const lines: string[] = [];
  for (const words of detail?.split(', ') ?? []) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + words.length + 3 <= MAX_LINE_CHARACTERS)
      lines[lines.length - 1] = `${last}, ${words}`;
    else {
      if (last !== undefined) lines[lines.length - 1] = `${last},`;
      lines.push(words);
    }
  }
  return lines;
}

/** Draws stacks above each other; a stack is below the one that reads it. */
export function draw(stacks: readonly Stack[]): Drawing {
  const drawing: Drawing = { height: 0, boxes: [], wires: [], branches: [], frames: [], labels: [] };
  /** Top of what is drawn so far. */
  let y = 0;
  const addLabel = (text: string): void => {
    drawing.labels.push({ y: y - 4, text });
    y -= LINE;
  };
  const addWire = (length: number): void => {
    drawing.wires.push({ from: y, to: y - length });
    y -= length;
  };
  const addBox = (piece: Piece, rows: number): void => {
    addWire(GAP);
    const lines = detailLines(piece);
    const height = boxHeight(piece, lines.length);
    y -= height;
    const size = piece.columns !== undefined && ([rows, piece.columns] as const);
    drawing.boxes.push({ piece, lines, top: y, height, ...(size && { size }) });
    if (size) addWire(WIDE_GAP - GAP);
  };
  for (const { name, rows, from, before, blocks, after, to } of stacks) {
    if (y < 0) y -= GAP;
    addLabel(from);
    for (const piece of before) addBox(piece, rows);
    addWire(GAP);
    const bottom = y;
    for (const { pieces, after: normed = [] } of blocks.branches) {
      addWire(GAP / 2);
      const branchStart = y;
      for (const piece of pieces) addBox(piece, rows);
      addWire(GAP);
      drawing.branches.push({ from: branchStart, to: y });
      for (const piece of normed) addBox(piece, rows);
    }
    addWire(GAP);
    drawing.frames.push({ top: y, bottom, times: blocks.times, ...(name !== undefined && { name }) });
    for (const piece of after) addBox(piece, rows);
    addWire(GAP);
    addLabel(to);
  }
  drawing.height = LINE / 4 - y;
  return drawing;
}
