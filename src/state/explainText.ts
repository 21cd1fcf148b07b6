/** Opens a text of a classifier's data in Playground, with its prediction and the most influential words. */
import { MAX_PROMPT } from '../core/runs/playground';
import type { RunRecord } from '../core/runs/record';
import type { StudioStore } from './slices/studio';

/**
 * @param place index of the text among all documents of the data
 * @returns path of the page that shows it
 */
export async function explainText(store: StudioStore, run: RunRecord, place: number): Promise<string> {
  const { classifying, show, setPrompt, generate } = store.getState();
  const { examples } = await classifying();
  const [text] = (await examples(run, [place], MAX_PROMPT)) ?? [];
  await show('playground', run.id);
  if (text) {
    setPrompt(text.text);
    void generate();
  }
  return '/playground';
}
