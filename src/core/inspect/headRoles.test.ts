import { beforeAll, expect, test } from 'vitest';
import { inductionModel } from '../../testing/inductionModel';
import { inspected, INSPECTED } from '../../testing/inspected';
import { useSingleThreadWasm } from '../../testing/wasm';
import { initialValues, network, type Values } from '../models/network';
import { createTokenizer } from '../tokenizer/byteLevel';
import { headRoles } from './headRoles';

beforeAll(useSingleThreadWasm);

const tokenizer = await createTokenizer({ kind: 'bytes', merges: [] });
const rolesOf = async (choice: Parameters<typeof network>[0], values: Values) => {
  const net = await network(choice, values);
  const found = await headRoles(net, tokenizer, 1);
  net.dispose();
  return found;
};

test('names the four heads of a model made by hand, the induction head among them', async () => {
  const { choice, values } = inductionModel(tokenizer.size);
  const { length, heads } = await rolesOf(choice, values);
  expect(length).toBe(16);
  expect(heads.map(({ layer, head, role }) => [layer, head, role])).toEqual([
    [0, 0, 'previous'],
    [0, 1, 'first'],
    [1, 0, 'induction'],
    [1, 1, 'same'],
  ]);
  for (const { scores, role } of heads) expect(scores[role!]).toBeGreaterThan(0.95);
});

test('without the head of layer 0 that copies the token before, there is no induction head', async () => {
  const { choice, values } = inductionModel(tokenizer.size);
  const copying = 'transformer.h.0.attn.c_proj.weight';
  const { shape, data } = values.get(copying)!;
  const { heads } = await rolesOf(choice, new Map([...values, [copying, { shape, data: data.map(() => 0) }]]));
  expect(heads.map(({ role }) => role)).toEqual(['previous', 'first', null, 'same']);
});

test('uniform attention has no role, and the scores of chance', async () => {
  const { choice, values } = inductionModel(tokenizer.size);
  const uniform = new Map(
    [...values].map(([name, { shape, data }]) => [name, { shape, data: name.includes('c_attn') ? data.map(() => 0) : data }]), // prettier-ignore
  );
  const { heads } = await rolesOf(choice, uniform);
  const mean = (from: number, to: number) => {
    let sum = 0;
    for (let query = from; query < to; query++) sum += 1 / (query + 1);
    return sum / (to - from);
  };
  for (const { role, scores } of heads) {
    expect(role).toBeNull();
    expect(scores.previous).toBeCloseTo(mean(1, 32), 5);
    expect(scores.first).toBeCloseTo(mean(1, 32), 5);
    expect(scores.same).toBeCloseTo(mean(16, 32), 5);
    expect(scores.induction).toBeCloseTo(mean(16, 32), 5);
  }
});

test.each(Object.keys(INSPECTED) as (keyof typeof INSPECTED)[])('%s: a score for each head', async (name) => {
  const { network: net, tokenizer: own } = await inspected(name);
  const { heads } = await headRoles(net, own, 1);
  expect(heads.map(({ site }) => site)).toEqual([...(name === 'T5' ? Array<string>(4).fill('encoder') : []), ...Array<string>(4).fill('self')]); // prettier-ignore
  for (const { scores } of heads)
    for (const score of Object.values(scores)) expect(score >= 0 && score <= 1).toBe(true);
  expect(await headRoles(net, own, 1)).toEqual({ length: expect.any(Number) as number, sequences: 4, heads });
  net.dispose();
});

test('a context too short for two copies is refused', async () => {
  const { choice } = inductionModel(tokenizer.size);
  const short = { ...choice, config: { ...choice.config, context: 7 } };
  await expect(rolesOf(short, initialValues(short, 1))).rejects.toThrow('A context of 7 tokens is too short');
});
