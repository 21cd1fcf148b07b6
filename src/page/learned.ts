/** Shows training history: the document has the curve, and a slider shows samples from training. */
import { formatCount } from '../core/base/units';
import type { PageModel } from '../core/export/formats/html/write';
import { elementById } from './elementById';

export function showLearned({ samples, prompt }: Pick<PageModel, 'samples' | 'prompt'>): void {
  elementById('learned', HTMLElement).hidden = samples === undefined;
  if (!samples || samples.length === 0) return;
  elementById('samples', HTMLElement).hidden = false;
  const scrubber = elementById('sample-step', HTMLInputElement);
  scrubber.max = String(samples.length - 1);
  const show = (): void => {
    const { step, result, text } = samples[scrubber.valueAsNumber]!;
    const words = `Step ${formatCount(step)}: ${result}`;
    const given = text.startsWith(prompt) ? prompt : '';
    elementById('sample-words', HTMLElement).textContent = words;
    elementById('sample-given', HTMLElement).textContent = given;
    elementById('sample-text', HTMLElement).textContent = text.slice(given.length);
    scrubber.ariaValueText = words;
  };
  scrubber.addEventListener('input', show);
  scrubber.valueAsNumber = samples.length - 1;
  show();
}
