/** Connects the page's controls with the engine. */
import { badFile, type Failure, paragraph, toFailure } from '../core/base/errors';
import { formatBytes, formatCount, formatDuration, formatNumber, formatShare } from '../core/base/units';
import type { PageModel } from '../core/export/formats/html/write';
import type { ModelKind } from '../core/models/spec';
import { nextSeed } from '../core/sample/nextSeed';
import { hasBlank } from '../core/tokenizer/passage';
import { blankList } from './blanks';
import { card } from './card';
import { chatList } from './chat';
import { connect } from './connect';
import { embeddedModel, handOver } from './embedded';
import { elementById } from './elementById';
import { showLabels, sureWords } from './labels';
import { showLearned } from './learned';
import type { FromEngine, Line, ToEngine } from './protocol';
import { PAGE_FORWARDS } from './readers';
import { tokenList } from './tokens';
import { WORDS } from './words';

/** Shows the model and loads it. `script` is the source of this document's script. Shows failures. */
export async function open(script: string): Promise<void> {
  closeWaysOut();
  try {
    const model = embeddedModel();
    elementById('name', HTMLElement).textContent = model.title;
    elementById('summary', HTMLElement).textContent = model.summary;
    elementById('card', HTMLElement).append(...card(model.card));
    showLearned(model);
    dress(beginning(model), model);
    const engine = await connect(script);
    const begun = performance.now();
    let size = 0;
    await handOver(engine, (bytes, of) => {
      size = of;
      say(`Loading the model, ${formatShare(bytes / of)} of ${formatBytes(of)}`);
    });
    say(`Ready: ${formatBytes(size)} loaded in ${formatDuration(performance.now() - begun)}`);
    ready(model, engine);
  } catch (error) {
    say('');
    const failure = toFailure(error);
    fail(failure.code === 'bug' ? toFailure(UNKNOWN) : failure);
  }
}

/** Removes what a policy in a file can't block. `document.open` with three parameters is `window.open`. */
function closeWaysOut(): void {
  for (const name of ['open', 'RTCPeerConnection', 'webkitRTCPeerConnection'])
    for (const holder of [globalThis, Window.prototype, Document.prototype]) Reflect.deleteProperty(holder, name);
}

/** Browsers only run an unchanged script, so an unknown error comes from the data or the browser. */
const UNKNOWN = badFile(
  'Couldn’t load the model: the file is damaged, or this browser is too old.',
  'Copy or download the file again, or open it in a current browser.',
);

function ready(model: PageModel, engine: Line<ToEngine, FromEngine>): void {
  const form = elementById('form', HTMLFormElement);
  const run = elementById('run', HTMLButtonElement);
  const more = elementById('go-on', HTMLButtonElement);
  const tokens = tokenList(model.model.vocabulary);
  const blanks = blankList();
  const list = chatList();
  let kind = beginning(model);
  let words = WORDS[kind];
  let chat = kind === 'chat' ? list : null;
  let writing: { since: number; count: number; of: number; first: number } | null = null;
  /** Prompt and settings of the last text drawn by chance. */
  let lastDraw = '';

  function start(): void {
    const field = elementById('prompt', HTMLTextAreaElement);
    const prompt = field.value;
    const draw = (): string => JSON.stringify([kind, prompt, readSettings()]);
    if (!chat && readSettings().temperature > 0 && lastDraw === draw()) takeNextSeed();
    lastDraw = draw();
    const settings = readSettings();
    if ((chat || kind === 'classifier') && prompt.trim() === '') {
      field.focus();
      return;
    }
    chat?.ask(prompt, tokens.text());
    if (chat) field.value = '';
    tokens.clear();
    blanks.clear();
    elementById('failure', HTMLElement).textContent = '';
    elementById('nothing', HTMLElement).hidden = true;
    elementById('before', HTMLElement).textContent = kind === 'decoder' ? prompt : '';
    writing = { since: performance.now(), count: 0, of: settings.length, first: 0 };
    show();
    say(words.reading);
    engine.postMessage({ kind: 'write', prompt, settings, ...(chat && { chat: chat.before() }) });
  }
  /** Appends the generated text to the prompt and continues. */
  function goOn(): void {
    elementById('prompt', HTMLTextAreaElement).value = elementById('before', HTMLElement).textContent + tokens.text();
    form.requestSubmit();
  }
  /** Switches to another use of the same model. */
  function turnTo(other: Kind): void {
    if (writing || other === kind) return;
    newChat();
    [kind, words] = [other, WORDS[other]];
    chat = kind === 'chat' ? list : null;
    dress(kind, model);
    elementById('before', HTMLElement).textContent = '';
    show();
  }
  function newChat(): void {
    list.clear();
    tokens.clear();
    elementById('nothing', HTMLElement).hidden = false;
    show();
    say('');
  }
  const stop = (): void => engine.postMessage({ kind: 'stop' });
  function show(): void {
    run.textContent = writing ? 'Stop' : words.act;
    run.classList.toggle('stop', writing !== null);
    more.hidden = words.more === undefined || writing !== null || (tokens.text() === '' && !chat?.isBegun());
  }

  engine.onmessage = ({ data }) => {
    if (!writing) return;
    switch (data.kind) {
      case 'listening':
      case 'took':
      case 'ready':
        return; // Sent before there was anything to write.
      case 'wrote':
        tokens.add(data.token);
        writing.count++;
        if (writing.count === 1) writing.first = performance.now();
        say(`${words.acting}, ${formatCount(writing.count)} of ${formatCount(writing.of)} tokens`);
        return;
      case 'filled': {
        const ms = performance.now() - writing.since;
        const many = data.filled.blanks.length;
        writing = null;
        show();
        blanks.show(data.filled);
        say(
          `${formatCount(many)} ${many === 1 ? 'blank' : 'blanks'} filled in ${formatDuration(ms)}; choose one to see alternatives`,
        );
        elementById('voice', HTMLElement).textContent = blanks.text();
        return;
      }
      case 'classified': {
        const ms = performance.now() - writing.since;
        writing = null;
        show();
        say([showLabels(model, data.classified), `in ${formatDuration(ms)}`].filter(Boolean).join(', '));
        return;
      }
      case 'done':
      case 'failed': {
        const { count, first } = writing;
        writing = null;
        show();
        if (data.kind === 'failed') {
          say('');
          lastDraw = '';
          if (chat) elementById('prompt', HTMLTextAreaElement).value = chat.withdrawn();
          fail(data.failure);
          return;
        }
        const rate =
          count > 1 ? `, ${formatNumber((1000 * (count - 1)) / (performance.now() - first))} per second` : '';
        const left =
          data.leftOut > 0 ? `; dropped the first ${formatCount(data.leftOut)} messages: they no longer fit` : '';
        say(`${formatCount(count)} tokens${rate}${data.isEnd ? `; ${words.ended}` : ''}${left}`);
        elementById('voice', HTMLElement).textContent = tokens.text() || 'The model wrote nothing';
      }
    }
  };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (writing) stop();
    else start();
  });
  more.addEventListener('click', () => (chat ? newChat() : goOn()));
  elementById('way-chat', HTMLButtonElement).addEventListener('click', () => turnTo('chat'));
  elementById('way-text', HTMLButtonElement).addEventListener('click', () => turnTo('decoder'));
  elementById('add-blank', HTMLButtonElement).addEventListener('click', () => {
    const prompt = elementById('prompt', HTMLTextAreaElement);
    prompt.setRangeText('___', prompt.selectionStart, prompt.selectionEnd, 'end');
    prompt.focus();
  });
  // Opens the settings, because a person can't fix a hidden field.
  form.addEventListener('invalid', () => (elementById('settings', HTMLDetailsElement).open = true), { capture: true });
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && writing) stop();
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || writing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  run.disabled = false;
}

/** Use of a text. */
type Kind = ModelKind | 'chat' | 'classifier';
const beginning = (model: PageModel): Kind => (model.chat?.isFirst ? 'chat' : kindOf(model));

/** Browsers only run an unchanged script, and the export refused unsupported kinds. */
const kindOf = ({ model: { id, config } }: PageModel): Kind =>
  config.classes ? 'classifier' : (PAGE_FORWARDS[id]?.kind ?? 'decoder');

function promptFor(kind: Kind, prompt: string): string {
  if (kind === 'chat' || kind === 'classifier') return '';
  return kind === 'encoder' && !hasBlank(prompt) ? `${prompt.trimEnd()} ___` : prompt;
}

/** Shows the words for this kind of model, and hides controls of other kinds. */
function dress(kind: Kind, model: PageModel): void {
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

function readSettings() {
  const number = (id: string): number => elementById(id, HTMLInputElement).valueAsNumber;
  return {
    temperature: number('temperature'),
    topK: number('top-k'),
    topP: number('top-p'),
    length: number('length'),
    seed: number('seed'),
  };
}

/** Advances the seed, so that the same request gives another text. */
function takeNextSeed(): void {
  const field = elementById('seed', HTMLInputElement);
  field.valueAsNumber = nextSeed(field.valueAsNumber);
}

function say(words: string): void {
  elementById('status', HTMLElement).textContent = words;
}
function fail({ message, remedy }: Failure): void {
  elementById('failure', HTMLElement).textContent = paragraph(message, remedy);
}
