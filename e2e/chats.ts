/** Question-and-answer chats for Tune, and a small base model. */
import type { Page } from '@playwright/test';
import { initialProject } from '../src/core/runs/project';
import { seeded } from './seed';
import { Studio } from './studio';

const ASKED = ['What is a gam?', 'Who hunts the white whale?', 'Where do they sail?', 'Why is the sea so wide?'];
const ANSWERS = ['A visit at sea.', 'Ahab and the crew.', 'Round the world.', 'Nobody knows.'];
export const CHATS = Array.from({ length: 32 }, (_, i) =>
  JSON.stringify({
    messages: [
      { role: 'user', content: ASKED[i % 4] },
      { role: 'assistant', content: ANSWERS[i % 4] },
    ],
  }),
).join('\n');

/** Tune in a studio with one small run, whose context fits a question and its answer. */
export async function withBase(page: Page): Promise<Studio> {
  const studio = new Studio(page);
  const text = 'The sea is wide and the whale is white, and nobody knows how deep it goes. '.repeat(400);
  const [tokenizer, runs] = [initialProject().tokenizerChoice, [{ sizes: { context: 128 } }]];
  await studio.openOnWasm('/tune', await seeded({ texts: [['Pasted text', text]], tokenizer, runs }));
  return studio;
}

export const forgetting = (page: Page) => page.getByRole('region', { name: 'Forgetting' });
