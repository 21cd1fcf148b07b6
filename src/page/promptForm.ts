/** The form: sends the prompt and the settings to the engine, and shows its answers. */
import { formatCount, formatDuration, formatNumber } from '../core/base/units';
import type { PageModel } from '../core/export/formats/html/write';
import { nextSeed } from '../core/sample/nextSeed';
import { blankList } from './blanks';
import { chatList } from './chat';
import { elementById } from './elementById';
import { firstKind, type Kind, showKind } from './kind';
import { showLabels } from './labels';
import type { FromEngine, Line, ToEngine } from './protocol';
import { showFailure, showStatus } from './status';
import { tokenList } from './tokens';
import { WORDS } from './words';

/** Text being generated. Times in ms of `performance.now`. */
interface Generation {
  startedAt: number;
  firstTokenAt: number;
  tokens: number;
  maxTokens: number;
}
type Answer<Name extends FromEngine['kind']> = Extract<FromEngine, { kind: Name }>;

export class PromptForm {
  private readonly form = elementById('form', HTMLFormElement);
  private readonly prompt = elementById('prompt', HTMLTextAreaElement);
  private readonly runButton = elementById('run', HTMLButtonElement);
  private readonly moreButton = elementById('go-on', HTMLButtonElement);
  private readonly before = elementById('before', HTMLElement);
  private readonly blanks = blankList();
  private readonly messages = chatList();
  private readonly tokens;
  private kind: Kind;
  private generation: Generation | null = null;
  /** Prompt and settings of the last random text. */
  private lastRandom = '';

  constructor(
    private readonly model: PageModel,
    private readonly engine: Line<ToEngine, FromEngine>,
  ) {
    this.tokens = tokenList(model.model.vocabulary);
    this.kind = firstKind(model);
  }

  /** Listens to the controls and the engine, and enables the button. */
  connect(): void {
    const { form, prompt } = this;
    this.engine.onmessage = ({ data }) => this.receive(data);
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      if (this.generation) this.stop();
      else this.start();
    });
    this.moreButton.addEventListener('click', () => (this.chat ? this.startChat() : this.continueText()));
    elementById('way-chat', HTMLButtonElement).addEventListener('click', () => this.switchTo('chat'));
    elementById('way-text', HTMLButtonElement).addEventListener('click', () => this.switchTo('decoder'));
    elementById('add-blank', HTMLButtonElement).addEventListener('click', () => {
      prompt.setRangeText('___', prompt.selectionStart, prompt.selectionEnd, 'end');
      prompt.focus();
    });
    // Opens the settings, because a person can't fix a hidden field.
    form.addEventListener('invalid', () => (elementById('settings', HTMLDetailsElement).open = true), {
      capture: true,
    });
    document.addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && this.generation) this.stop();
      if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || this.generation) return;
      event.preventDefault();
      form.requestSubmit();
    });
    this.runButton.disabled = false;
  }

  private get chat() {
    return this.kind === 'chat' ? this.messages : null;
  }
  private get words() {
    return WORDS[this.kind];
  }

  private start(): void {
    const { chat, kind } = this;
    const prompt = this.prompt.value;
    const request = (): string => JSON.stringify([kind, prompt, readSettings()]);
    if (!chat && readSettings().temperature > 0 && this.lastRandom === request()) takeNextSeed();
    this.lastRandom = request();
    const settings = readSettings();
    if ((chat || kind === 'classifier') && prompt.trim() === '') {
      this.prompt.focus();
      return;
    }
    chat?.ask(prompt, this.tokens.text());
    if (chat) this.prompt.value = '';
    this.tokens.clear();
    this.blanks.clear();
    elementById('failure', HTMLElement).textContent = '';
    elementById('nothing', HTMLElement).hidden = true;
    this.before.textContent = kind === 'decoder' ? prompt : '';
    this.generation = { startedAt: performance.now(), firstTokenAt: 0, tokens: 0, maxTokens: settings.length };
    this.showButtons();
    showStatus(this.words.reading);
    this.engine.postMessage({ kind: 'write', prompt, settings, ...(chat && { chat: chat.before() }) });
  }

  private stop(): void {
    this.engine.postMessage({ kind: 'stop' });
  }

  /** Appends the generated text to the prompt and continues. */
  private continueText(): void {
    this.prompt.value = this.before.textContent + this.tokens.text();
    this.form.requestSubmit();
  }

  /** Switches to another use of the same model. */
  private switchTo(kind: Kind): void {
    if (this.generation || kind === this.kind) return;
    this.startChat();
    this.kind = kind;
    showKind(kind, this.model);
    this.before.textContent = '';
    this.showButtons();
  }

  private startChat(): void {
    this.messages.clear();
    this.tokens.clear();
    elementById('nothing', HTMLElement).hidden = false;
    this.showButtons();
    showStatus('');
  }

  private showButtons(): void {
    const isWriting = this.generation !== null;
    this.runButton.textContent = isWriting ? 'Stop' : this.words.act;
    this.runButton.classList.toggle('stop', isWriting);
    this.moreButton.hidden =
      this.words.more === undefined || isWriting || (this.tokens.text() === '' && !this.chat?.isBegun());
  }

  private receive(data: FromEngine): void {
    if (!this.generation) return;
    switch (data.kind) {
      case 'listening':
      case 'took':
      case 'ready':
        return; // Sent before there was anything to write.
      case 'wrote':
        this.showToken(data, this.generation);
        return;
      case 'filled':
        this.showBlanks(data, this.end(this.generation));
        return;
      case 'classified': {
        const took = formatDuration(this.end(this.generation));
        showStatus([showLabels(this.model, data.classified), `in ${took}`].filter(Boolean).join(', '));
        return;
      }
      case 'done': {
        const { generation } = this;
        this.end(generation);
        this.showEnd(data, generation);
        return;
      }
      case 'failed':
        this.end(this.generation);
        showStatus('');
        this.lastRandom = '';
        if (this.chat) this.prompt.value = this.chat.withdrawn();
        showFailure(data.failure);
    }
  }

  /** Ends the generation. @returns its duration in ms */
  private end({ startedAt }: Generation): number {
    const ms = performance.now() - startedAt;
    this.generation = null;
    this.showButtons();
    return ms;
  }

  private showToken({ token }: Answer<'wrote'>, generation: Generation): void {
    this.tokens.add(token);
    generation.tokens++;
    if (generation.tokens === 1) generation.firstTokenAt = performance.now();
    showStatus(
      `${this.words.acting}, ${formatCount(generation.tokens)} of ${formatCount(generation.maxTokens)} tokens`,
    );
  }

  private showBlanks({ filled }: Answer<'filled'>, ms: number): void {
    const { length } = filled.blanks;
    this.blanks.show(filled);
    showStatus(
      `${formatCount(length)} ${length === 1 ? 'blank' : 'blanks'} filled in ${formatDuration(ms)}; choose one to see alternatives`,
    );
    elementById('voice', HTMLElement).textContent = this.blanks.text();
  }

  private showEnd({ isEnd, leftOut }: Answer<'done'>, { tokens, firstTokenAt }: Generation): void {
    const perSecond = (1000 * (tokens - 1)) / (performance.now() - firstTokenAt);
    const rate = tokens > 1 ? `, ${formatNumber(perSecond)} per second` : '';
    const dropped = leftOut > 0 ? `; dropped the first ${formatCount(leftOut)} messages: they no longer fit` : '';
    showStatus(`${formatCount(tokens)} tokens${rate}${isEnd ? `; ${this.words.ended}` : ''}${dropped}`);
    elementById('voice', HTMLElement).textContent = this.tokens.text() || 'The model wrote nothing';
  }
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
