import { expect, test } from 'vitest';
import { modelIds, modelSpec } from '../../core/models';
import { piecesOf } from '../../core/models/picture';
import { draw } from './drawing';

const drawings = modelIds().map((id) => {
  const { presets, picture } = modelSpec(id);
  const { stacks } = picture(presets[0]!.config, 300);
  return { id, stacks, drawing: draw(stacks) };
});

test('data flow upwards through every piece once, and nothing is drawn over another', () => {
  for (const { id, stacks, drawing } of drawings) {
    const { boxes, words, height } = drawing;
    expect(
      boxes.map(({ piece }) => piece),
      id,
    ).toEqual(stacks.flatMap((stack) => [...piecesOf(stack)].map(({ piece }) => piece)));
    for (const [i, box] of boxes.entries()) {
      expect(box.top + box.height).toBeLessThanOrEqual(boxes[i - 1]?.top ?? 0);
      for (const { y } of words) expect(y <= box.top || y - 11 >= box.top + box.height, id).toBe(true);
    }
    expect(height).toBeGreaterThan(-boxes.at(-1)!.top);
  }
});

test('a branch leaves below its first piece and is added above its last, inside the frame of the blocks', () => {
  for (const { stacks, drawing } of drawings) {
    const wanted = stacks.flatMap(({ blocks }) => blocks.branches);
    for (const [i, { from, to }] of drawing.branches.entries()) {
      const inside = drawing.boxes.filter(({ top, height }) => top >= to && top + height <= from);
      expect(inside.map(({ piece }) => piece)).toEqual(wanted[i]!.pieces);
      expect(drawing.frames.some(({ top, bottom }) => top <= to && from <= bottom)).toBe(true);
    }
    expect(drawing.branches).toHaveLength(wanted.length);
  }
});
