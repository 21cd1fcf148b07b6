/** What the model is used for, and the words and controls of each use. */
import type { PageModel } from '../core/export/formats/html/write';
import type { ModelKind } from '../core/models/spec';
import { hasBlank } from '../core/tokenizer/passage';
import { elementById } from './elementById';
import { sureWords } from './labels';
import { PAGE_FORWARDS } from './readers';
import { WORDS } from './words';

/** Use of a text. */
export type Kind = ModelKind | 'chat' | 'classifier';
export const firstKind = (model: PageModel): Kind => (model.chat?.isFirst ? 'chat' : kindOf(model));

/** Browsers only run an unchanged script, and the export refused unsupported kinds. */
const kindOf = ({ model: { id, config } }: PageModel): Kind =>
  config.classes ? 'classifier' : (PAGE_FORWARDS[id]?.kind ?? 'decoder');

function promptFor(kind: Kind, prompt: string): string {
  if (kind === 'chat' || kind === 'classifier') return '';
  return kind === 'encoder' && !hasBlank(prompt) ? `${prompt.trimEnd()} ___` : prompt;
}

/** Shows the words for this kind of model, and hides controls of other kinds. */
export function showKind(kind: Kind, model: PageModel): void {
  const { chat, prompt } = model;
  const words = WORDS[kind];
  elementById('prompt', HTMLTextAreaElement).value = promptFor(kind, prompt);
  elementById('ways', HTMLElement).hidden = !chat;
  elementById('way-chat', HTMLElement).ariaPressed = String(kind === 'chat');
  elementById('way-text', HTMLElement).ariaPressed = String(kind !== 'chat');
  elementById('system-field', HTMLElement).hidden = kind !== 'chat';
  const put = (id: string, text: string): void => {
    elementById(id, HTMLElement).textContent = text;
  };
  put('prompt-label', words.prompt);
  const hint = kind === 'classifier' ? sureWords(model) : words.hint;
  put('prompt-hint', hint);
  put('run', words.act);
  put('does', words.does);
  put('go-on', words.more ?? '');
  put('text-title', words.result);
  put('nothing', words.nothing);
  put('notice', words.notice);
  elementById('prompt-hint', HTMLElement).hidden = hint === '';
  if (kind === 'classifier') {
    elementById('settings', HTMLElement).hidden = true;
    put('as-said', 'Probabilities from the model');
  }
  if (kind === 'encoder') {
    elementById('add-blank', HTMLElement).hidden = false;
    elementById('settings', HTMLElement).hidden = true;
    put('as-said', 'Each blank is filled independently');
  }
  // An encoder-decoder's likeliest answer is wanted, not a random one.
  if (kind === 'encoder-decoder') elementById('temperature', HTMLInputElement).value = '0';
}
