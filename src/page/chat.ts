/** Conversation with a chat model. */
import type { Message } from '../core/chat/conversation';
import { element } from './card';
import { elementById } from './elementById';

export interface Chat {
  /** Messages before the last question, after the system prompt if a person gives one. */
  before(): readonly Message[];
  /** Adds a question, with the model's answer below it. `answer`: the answer to the previous question. */
  ask(question: string, answer: string): void;
  /** Takes the last question back and returns its text. */
  withdrawn(): string;
  clear(): void;
  /** Whether a question was asked. */
  isBegun(): boolean;
}

export function chatList(): Chat {
  const list = elementById('said', HTMLElement);
  const system = elementById('system', HTMLTextAreaElement);
  let said: readonly Message[] = [];
  let asked: string | null = null;
  return {
    before: () => [
      ...(system.value.trim() === '' ? [] : [{ role: 'system', content: system.value } as const]),
      ...said,
    ],
    ask(question, answer) {
      if (asked !== null) list.append(element('dd', answer));
      // An empty answer isn't part of the conversation.
      if (asked !== null && answer.trim() !== '')
        said = [...said, { role: 'user', content: asked }, { role: 'assistant', content: answer }];
      asked = question;
      list.append(element('dt', 'You'), element('dd', question), element('dt', 'Model'));
      list.hidden = false;
    },
    withdrawn() {
      const question = asked ?? '';
      for (const part of [...list.children].slice(-3)) part.remove();
      asked = null;
      return question;
    },
    clear() {
      [said, asked] = [[], null];
      list.replaceChildren();
      list.hidden = true;
    },
    isBegun: () => list.children.length > 0,
  };
}
