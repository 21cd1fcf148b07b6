/** What was said to a model that chats, and by it. */
import type { Message } from '../core/chat/conversation';
import { element } from './card';
import { elementById } from './elementById';

export interface Chat {
  /** What was said before the last question, after what the model goes by where a person gives that. */
  before(): readonly Message[];
  /** A question, under which the model answers. `answer`: to the one before. */
  ask(question: string, answer: string): void;
  /** The last question as it was asked, which is taken back. */
  withdrawn(): string;
  clear(): void;
  /** Whether something was asked. */
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
      // Who said nothing has not answered.
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
