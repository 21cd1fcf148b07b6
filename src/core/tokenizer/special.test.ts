import { Tokenizer as HuggingFace } from '@huggingface/tokenizers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sha256Hex } from '../base/hash';
import { unwatched } from '../base/job';
import { awkwardText, collect, documentOf, stream } from '../../testing/texts';
import { createTokenizer } from './byteLevel';
import { specialNames, writeTokenizerJson } from './json';
import { readTokenizerConfig, readTokenizerJson } from './readJson';
import { ROLES, specialTokens, TOKEN_ROLES, type TokenRole, usualRole } from './special';
import type { Tokenizer, TrainedKind } from './tokenizer';
import { trainTokenizer } from './train';
import { propertyRuns } from '../../testing/propertyRuns';

const all: readonly TokenRole[] = ROLES.flatMap((role) => (role === 'sentinel' ? [role, role, role] : [role]));
const TEXT =
  'the user asked <mask> the system, and the assistant said: </s> <|endoftext|> extra_id_0 [MASK] é 你好'.repeat(9);
const trained = async (kind: TrainedKind, roles?: readonly TokenRole[]): Promise<Tokenizer> =>
  createTokenizer(
    await trainTokenizer({ kind, vocabulary: 330, ...(roles && { roles }) }, [documentOf(TEXT)], unwatched),
  );
const kinds = ['bpe', 'characters', 'bytes'] as const;
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Texts with names of special tokens: whole, partial, and next to each other. */
const looksSpecial: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.constantFrom(...specialTokens(all, 0).map(({ text }) => text)),
      fc.constantFrom(...ROLES.flatMap((role) => TOKEN_ROLES[role].texts)),
      fc.constantFrom('<', '<|', '|>', '>', '<extra_id_', '</', 'mask', ' '),
      awkwardText,
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

describe.each(kinds)('%s', (kind) => {
  it('with the end of text alone has an unchanged model and hash', async () => {
    const tokenizer = await trained(kind);
    expect(Object.keys(tokenizer.model)).toEqual(['kind', 'merges']);
    expect(tokenizer.hash).toBe(await sha256Hex(JSON.stringify(tokenizer.model.merges)));
    expect(tokenizer.special).toEqual([{ role: 'end', text: '<|endoftext|>', id: tokenizer.size - 1 }]);
    expect(await trained(kind, [])).toMatchObject({ model: tokenizer.model, hash: tokenizer.hash });
    expect(await trained(kind, ['end'])).toMatchObject({ model: tokenizer.model, hash: tokenizer.hash });
    const said = await createTokenizer({ ...tokenizer.model, roles: ['end'] });
    expect(said).toMatchObject({ hash: tokenizer.hash, size: tokenizer.size });
  });

  it('has its special tokens after all other ids, the end of text first', async () => {
    const tokenizer = await trained(kind, all.toReversed());
    expect(tokenizer.model.roles).toEqual(all);
    expect(tokenizer.special.map(({ role }) => role)).toEqual(all);
    expect(tokenizer.special.map(({ id }) => id)).toEqual(all.map((_, i) => 256 + tokenizer.model.merges.length + i));
    expect(tokenizer.size).toBe(256 + tokenizer.model.merges.length + all.length);
    expect(tokenizer.endOfText).toBe(tokenizer.idOf('end'));
    for (const { id } of tokenizer.special) expect(tokenizer.bytes(id)).toHaveLength(0);
    expect(tokenizer.decode([...tokenizer.encode('a'), tokenizer.idOf('mask'), ...tokenizer.encode('b')])).toBe('ab');
    expect(tokenizer.hash).not.toBe((await trained(kind)).hash);
    expect(tokenizer.hash).not.toBe((await trained(kind, all.slice(1, 4))).hash);
  });

  it('never encodes any text to a special id, and decodes it to itself', async () => {
    const tokenizer = await trained(kind, all);
    const first = tokenizer.endOfText;
    await fc.assert(
      fc.asyncProperty(looksSpecial, async (text) => {
        const ids = [...tokenizer.encode(text)];
        expect(Math.max(0, ...ids)).toBeLessThan(first);
        expect(tokenizer.decode(ids)).toBe(text);
        const streamed = await collect(tokenizer.encodeStream(stream(Array.from(text))));
        expect(streamed.flatMap((part) => [...part])).toEqual(ids);
      }),
      { numRuns: propertyRuns(300) },
    );
  });

  it('gives the same ids for text as Hugging Face, except for special tokens in it', async () => {
    const tokenizer = await trained(kind, all);
    const config = specialNames(tokenizer.special);
    const theirs = new HuggingFace(JSON.parse(writeTokenizerJson(tokenizer)) as object, config);
    const spelt = tokenizer.special.map(({ text }) => text);
    for (const text of fc.sample(looksSpecial, { numRuns: propertyRuns(200), seed: 3 })) {
      if (spelt.some((special) => text.includes(special))) continue;
      expect(theirs.encode(text).ids, JSON.stringify(text)).toEqual([...tokenizer.encode(text)]);
    }
    // The only difference: the spelling of a special token is its id there, and text here.
    for (const { text, id } of tokenizer.special) {
      const [before, after] = [tokenizer.encode('a '), tokenizer.encode('b')];
      expect(theirs.encode(`a ${text}b`).ids).toEqual([...before, id, ...after]);
      expect([...tokenizer.encode(text)]).not.toContain(id);
      expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
    }
  });

  it('is restored from tokenizer.json with its roles, with or without tokenizer_config.json', async () => {
    const { model, special } = await trained(kind, all);
    const written = bytes(writeTokenizerJson(await createTokenizer(model)));
    for (const config of [undefined, readTokenizerConfig(specialNames(special))])
      expect(readTokenizerJson(written, config)).toEqual(model);
  });
});

it('reports which role is missing, and what to do', async () => {
  const tokenizer = await trained('bytes', ['sentinel', 'sentinel', 'user']);
  expect([0, 1].map((number) => tokenizer.idOf('sentinel', number))).toEqual([257, 258]);
  expect(tokenizer.idOf('user')).toBe(259);
  expect(() => tokenizer.idOf('mask')).toThrow(
    expect.objectContaining({
      code: 'bad-settings',
      message: 'This tokenizer has no mask token',
      remedy: expect.stringContaining('Train a tokenizer with the role mask') as string,
    }),
  );
  for (const number of [2, -1, 0.5])
    expect(() => tokenizer.idOf('sentinel', number)).toThrow(`has 2 sentinel tokens, so number ${number}`);
});

it('rejects invalid roles when training and when opening', async () => {
  const train = trainTokenizer({ kind: 'bytes', vocabulary: 0, roles: ['mask', 'mask'] }, [], unwatched);
  await expect(train).rejects.toMatchObject({
    code: 'bad-settings',
    message: expect.stringMatching(/one mask token/) as string,
  });
  const small = trainTokenizer({ kind: 'bpe', vocabulary: 257, roles: ['mask'] }, [], unwatched);
  await expect(small).rejects.toMatchObject({
    code: 'bad-settings',
    message: expect.stringMatching(/outside 258/) as string,
  });
  const cannotBe: (readonly TokenRole[])[] = [
    [],
    ['mask'],
    ['end', 'end'],
    ['end', 'mask', 'padding'],
    ['mask', 'end'],
  ];
  for (const roles of cannotBe)
    await expect(createTokenizer({ kind: 'bytes', merges: [], roles })).rejects.toMatchObject({ code: 'bad-file' });
});

it('gives each token a unique name, and recognizes the names of other programs', () => {
  const texts = specialTokens(all, 0).map(({ text }) => text);
  expect(new Set(texts).size).toBe(all.length);
  expect(texts.map((text) => usualRole(text)?.role)).toEqual(all);
  const known = ROLES.flatMap((role) => TOKEN_ROLES[role].texts);
  expect(new Set(known).size).toBe(known.length);
  expect(usualRole('<extra_id_12>')).toEqual({ role: 'sentinel', number: 12 });
  for (const text of ['<extra_id_>', '<extra_id_01>', '<extra_id_{n}>', '<extra_id_-1>', '<s>', ''])
    expect(usualRole(text), text).toBeUndefined();
});
