import { readFileSync } from 'node:fs';
import { Tokenizer } from '@huggingface/tokenizers';
import { byteLevel } from './text.mjs';

/**
 * Text <-> ids, by tokenizer.json. What looks like a special token in a text is text: there is no other way to one than by
 * what model.json tells of it.
 * @param {string} path of tokenizer.json
 * @returns {{ encode: (text: string) => number[], bytes: (id: number) => Uint8Array }}
 */
export function openTokenizer(path) {
  const json = JSON.parse(readFileSync(path, 'utf8'));
  /** @type {{ id: number, content: string }[]} */
  const added = json.added_tokens ?? [];
  const special = new Map(added.map(({ id, content }) => [id, content]));
  const { model } = json;
  const vocab = Array.isArray(model.vocab)
    ? model.vocab.map((/** @type {[string, number]} */ [text, score], /** @type {number} */ id) =>
        special.has(id) ? [unmatched(id), score] : [text, score],
      )
    : Object.fromEntries(Object.entries(model.vocab).map(([text, id]) => [special.has(id) ? unmatched(id) : text, id]));
  const unknown =
    model.unk_token === undefined || model.unk_token === null
      ? {}
      : { unk_token: unmatched(model.vocab[model.unk_token]) };
  const library = new Tokenizer(
    { ...json, added_tokens: [], post_processor: null, model: { ...model, ...unknown, vocab } },
    {},
  );
  /** @type {string[]} */
  const pieces = [];
  if (Array.isArray(model.vocab)) for (const [text] of model.vocab) pieces.push(text);
  else for (const [text, id] of Object.entries(model.vocab)) pieces[Number(id)] = text;
  const isBytes = model.type === 'BPE';
  const utf8 = new TextEncoder();
  /** @param {string} piece inside of a text */
  const inside = (piece) => utf8.encode(library.decoder?.decode_chain(['', piece])[1] ?? piece);
  return {
    encode: (text) => (text === '' ? [] : library.encode(text, { add_special_tokens: false }).ids),
    bytes(id) {
      const piece = special.has(id) ? undefined : pieces[id];
      if (piece === undefined) return NOTHING;
      return isBytes ? byteLevel(piece) : inside(piece);
    },
  };
}
const NOTHING = new Uint8Array();

/** No text has half of a surrogate pair, so none has a token that is spelt with one. @param {number} id */
const unmatched = (id) => `\udc00${id}`;
