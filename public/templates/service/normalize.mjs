/**
 * What the model's tokenizer does to a text before it is cut, which a GGUF file cannot say.
 * @typedef {{ type: string, pattern?: { String?: string, Regex?: string }, content?: string }} Step of a normalizer in Hugging Face's
 *   tokenizer.json
 */

/**
 * @param {unknown} steps
 * @returns {(text: string) => string}
 * @throws {Error}
 */
export function normalizer(steps) {
  const each = (Array.isArray(steps) ? steps : []).map(applied);
  return (text) => each.reduce((so, apply) => apply(so), text);
}

/** @param {Step} step @returns {(text: string) => string} */
function applied({ type, pattern, content = '' }) {
  switch (type) {
    case 'NFC':
    case 'NFKC':
    case 'NFD':
    case 'NFKD':
      return (text) => text.normalize(type);
    case 'Lowercase':
      // Each character for itself: JavaScript makes a capital sigma at a word's end ς.
      return (text) => text.replaceAll('Σ', 'σ').toLowerCase();
    case 'StripAccents':
      return (text) => text.replace(/\p{M}/gu, '');
    case 'Replace': {
      const found = pattern?.String ?? new RegExp(String(pattern?.Regex), 'gu');
      return (text) => text.replaceAll(found, () => content);
    }
    default:
      throw new Error(`model.json has an unknown normalizer: ${type}.`);
  }
}
