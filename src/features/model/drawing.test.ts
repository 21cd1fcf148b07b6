import { expect, test } from 'vitest';
import { modelIds, modelSpec } from '../../core/models';
import { piecesOf } from '../../core/models/picture';
import { draw, LINE, MAX_LINE_CHARACTERS } from './drawing';

const drawings = modelIds().map((id) => {
  const { presets, picture } = modelSpec(id);
  const { stacks } = picture(presets[0]!.config, 300);
  return { id, stacks, drawing: draw(stacks) };
});

test('data flows upwards through every piece once, and nothing overlaps', () => {
  for (const { id, stacks, drawing } of drawings) {
    const { boxes, labels, height } = drawing;
    expect(
      boxes.map(({ piece }) => piece),
      id,
    ).toEqual(stacks.flatMap((stack) => [...piecesOf(stack)].map(({ piece }) => piece)));
    for (const [i, box] of boxes.entries()) {
      expect(box.top + box.height).toBeLessThanOrEqual(boxes[i - 1]?.top ?? 0);
      for (const { y } of labels) expect(y <= box.top || y - 11 >= box.top + box.height, id).toBe(true);
    }
    expect(height).toBeGreaterThan(-boxes.at(-1)!.top);
  }
});

test('details of a piece are in its box, in lines that fit', () => {
  const { presets, picture } = modelSpec('llama');
  const config = { ...presets[3]!.config, window: 128, qkNorm: 'heads' };
  for (const { boxes } of [...drawings.map(({ drawing }) => drawing), draw(picture(config, 300).stacks)])
    for (const { piece, lines, height } of boxes) {
      expect(lines.join(' ')).toBe(piece.detail ?? '');
      for (const line of lines) expect(line.length, line).toBeLessThanOrEqual(MAX_LINE_CHARACTERS);
      expect(height).toBeGreaterThanOrEqual(LINE * (lines.length + 1));
    }
  expect(draw(picture(config, 300).stacks).boxes.flatMap(({ lines }) => lines)).toEqual([
    '12 heads of 64,',
    '6 KV heads, QK-norm,',
    'rotary,',
    'the last 128 tokens',
    'inner 2,048',
  ]);
});

test('norms are before attention and feed-forward, or after them and then below the sum', () => {
  const { presets, picture } = modelSpec('llama');
  const names = (switches: object) => {
    const { stacks } = picture({ ...presets[0]!.config, ...switches }, 300);
    return stacks[0]!.blocks.branches.map(({ pieces }) => pieces.map(({ name, weights }) => [name, weights.at(-1)]));
  };
  const h = 'model.layers.0.';
  const [attention, swiglu] = [
    ['Attention', `${h}self_attn.o_proj.weight`],
    ['SwiGLU', `${h}mlp.down_proj.weight`],
  ];
  expect(names({})).toEqual([
    [['RMSNorm', `${h}input_layernorm.weight`], attention],
    [['RMSNorm', `${h}post_attention_layernorm.weight`], swiglu],
  ]);
  expect(names({ qkNorm: 'rows', norm: 'after' })).toEqual([
    [attention, ['RMSNorm', `${h}post_attention_layernorm.weight`]],
    [swiglu, ['RMSNorm', `${h}post_feedforward_layernorm.weight`]],
  ]);
});

test('a branch starts below its first piece and is added above its last, inside the frame of the blocks', () => {
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
